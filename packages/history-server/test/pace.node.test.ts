import { expect, test } from "vitest";
import { Pace } from "../src/node/pace.js";

test("pieces grow for who is quick, and shrink for who is slow, within bounds", () => {
  let nowMs = 0;
  const pace = new Pace(() => nowMs);
  const after = (ms: number) => {
    nowMs += ms;
    pace.passed();
    return pace.pieceBytes / 1024;
  };
  expect(pace.pieceBytes).toBe(128 * 1024);
  expect([after(24), after(1), after(1)]).toEqual([256, 512, 512]);
  expect([after(25), after(60_000), after(100)]).toEqual([256, 128, 128]);
  expect(after(5)).toBe(256);
});
