import { fromHex, toHex } from "@history-sync/primitives";
import { expect, test } from "vitest";
import { MlsGroupError } from "../src/errors.js";
import {
  decodeWelcomeMetadata,
  encodeWelcomeMetadata,
} from "../src/joining/welcomes.js";

test("a message cursor has XMTP's bytes", () => {
  expect(toHex(encodeWelcomeMetadata(2n))).toBe("0802");
  expect(toHex(encodeWelcomeMetadata(300n))).toBe("08ac02");
});

test.each([0n, 1n, 127n, 128n, 2n ** 32n, 2n ** 63n - 1n])(
  "cursor %s comes back",
  (cursor) => {
    expect(decodeWelcomeMetadata(encodeWelcomeMetadata(cursor))).toBe(cursor);
  },
);

test("a welcome without metadata starts at the beginning of the topic", () => {
  expect(decodeWelcomeMetadata(new Uint8Array())).toBe(0n);
});

test("fields of later versions are passed over", () => {
  expect(decodeWelcomeMetadata(fromHex("08021005"))).toBe(2n);
});

test.each([
  "08",
  "0880",
  "0a0102",
  "080200",
  `08${"ff".repeat(10)}01`,
  `08${"ff".repeat(9)}01`,
  "ff",
])("%s is refused", (hex) => {
  expect(() => decodeWelcomeMetadata(fromHex(hex))).toThrow(MlsGroupError);
});
