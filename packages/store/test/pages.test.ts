import { expect, test } from "vitest";
import { nextPageRows } from "../src/indexeddb/pages.js";

const pageOf = (rows: number, bytes: number) =>
  Array.from({ length: rows }, () => ({ row: new Uint8Array(bytes) }));

test("nextPageRows gives a thousand short rows, and few long ones", () => {
  expect(nextPageRows(pageOf(50, 300))).toBe(1_000);
  expect(nextPageRows(pageOf(50, 0))).toBe(1_000);
  expect(nextPageRows(pageOf(50, 40_000))).toBe(104);
  expect(nextPageRows(pageOf(104, 10_000))).toBe(419);
  expect(nextPageRows(pageOf(3, 5_000_000))).toBe(1);
});
