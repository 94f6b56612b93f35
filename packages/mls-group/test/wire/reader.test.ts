import { concatBytes, fromHex } from "@history-sync/primitives";
import fc from "fast-check";
import { expect, test } from "vitest";
import {
  decodeVector,
  encodeUint16Vector,
  encodeVector,
  WireError,
  WireReader,
} from "../../src/wire/index.js";

const read = (hex: string) => new WireReader(fromHex(hex));

test("WireReader reads numbers, vectors and what lies between two places", () => {
  const reader = read("01020304050607ff00000000000000020303aaaa");
  expect(reader.uint8()).toBe(1);
  expect(reader.uint16()).toBe(0x0203);
  expect(reader.uint32()).toBe(0x04050607);
  expect(reader.uint64()).toBe(0xff00_0000_0000_0000n);
  const start = reader.offset;
  expect(start).toBe(15);
  expect(reader.vector()).toEqual(fromHex("0303"));
  expect(reader.since(start)).toEqual(fromHex("020303"));
  expect(reader.isAtEnd).toBe(false);
  expect(reader.uint16()).toBe(0xaaaa);
  expect(reader.isAtEnd).toBe(true);
  reader.end();
});

test("WireReader returns views", () => {
  const bytes = fromHex("02aabb");
  expect(new WireReader(bytes).vector().buffer).toBe(bytes.buffer);
});

test.each([0, 1, 63, 64, 16_383, 16_384])("a vector of %i bytes", (length) => {
  const bytes = new Uint8Array(length).fill(7);
  const reader = new WireReader(encodeVector(bytes));
  expect(reader.vector()).toEqual(bytes);
  reader.end();
});

// RFC 9000 appendix A.1.
test.each([
  ["25", 37],
  ["7bbd", 15_293],
])("the length in %s is %i", (prefix, length) => {
  const bytes = concatBytes(fromHex(prefix), new Uint8Array(length));
  expect(encodeVector(new Uint8Array(length))).toEqual(bytes);
  expect(decodeVector(bytes)).toHaveLength(length);
});

test("encodeVector refuses 2^30 bytes", () => {
  // Only the length is looked at.
  const long = { length: 2 ** 30 } as Uint8Array;
  expect(() => encodeVector(long)).toThrow(RangeError);
});

test.each(["4001aa", "80000001aa", "c0", "ffffffffffffffffff"])(
  "a length that starts %s is refused",
  (hex) => {
    const reader = read(hex.padEnd(40, "0"));
    expect(() => reader.vector()).toThrow(WireError);
  },
);

test.each([
  ["03aabb", "at byte 1 of 3: expected 3 bytes, got 2"],
  ["bfffffffaa", "at byte 4 of 5: expected 1073741823 bytes, got 1"],
  ["", "at byte 0 of 0: expected 1 bytes, got 0"],
  ["40", "at byte 1 of 1: expected 1 bytes, got 0"],
  ["403f", "at byte 2 of 2: expected 63 as a shorter length"],
])("a vector in %s is refused with its place", (hex, message) => {
  const reader = read(hex);
  expect(() => reader.vector()).toThrow(message);
});

test("decodeVector refuses bytes after the vector", () => {
  expect(() => decodeVector(fromHex("01aabb"))).toThrow(
    "at byte 2 of 3: expected the end, got 1 more bytes",
  );
});

test("encodeUint16Vector writes 16-bit numbers with their length in bytes", () => {
  expect(encodeUint16Vector([])).toEqual(fromHex("00"));
  expect(encodeUint16Vector([1, 0xff02])).toEqual(fromHex("040001ff02"));
});

test("uint16Vector refuses half a number", () => {
  expect(read("0400010002").uint16Vector()).toEqual([1, 2]);
  expect(() => read("03000100").uint16Vector()).toThrow(WireError);
});

test("decodeVector is the inverse of encodeVector", () =>
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 20_000 }), (bytes) => {
      expect(decodeVector(encodeVector(bytes))).toEqual(bytes);
    }),
  ));

const readers: readonly ((reader: WireReader) => unknown)[] = [
  (reader) => reader.uint8(),
  (reader) => reader.uint16(),
  (reader) => reader.uint32(),
  (reader) => reader.uint64(),
  (reader) => reader.vector(),
  (reader) => reader.uint16Vector(),
  (reader) => reader.end(),
];

test("WireReader throws nothing but WireError, and never reads past the end", () =>
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 200 }),
      fc.array(fc.constantFrom(...readers), { maxLength: 20 }),
      (bytes, steps) => {
        const reader = new WireReader(bytes);
        try {
          for (const step of steps) step(reader);
        } catch (error) {
          if (!(error instanceof WireError)) throw error;
          expect(error.offset).toBeLessThanOrEqual(bytes.length);
        }
        expect(reader.offset).toBeLessThanOrEqual(bytes.length);
      },
    ),
  ));
