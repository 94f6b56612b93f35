import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ArchiveError, decodeElement, encodeElement } from "../src/index.js";
import { sampleGroup } from "../src/testing/index.js";
import { elementOf, fixtures, jsonOf } from "./fixtures.js";

describe.each(Object.keys(fixtures))("libxmtp's %s", (name) => {
  test("decodeElement reverses encodeElement", () => {
    for (const [position, json] of (fixtures[name] ?? []).entries()) {
      const frame = encodeElement(elementOf(json));
      expect(jsonOf(decodeElement(frame, { position }))).toEqual(json);
    }
  });
});

test("decodeElement returns no case for an unknown element", () => {
  // Field 1500, a string.
  const frame = Uint8Array.of(0xe2, 0x5d, 2, 0x68, 0x69);
  expect(decodeElement(frame, { position: 0 }).case).toBeUndefined();
});

test("unknown fields are kept in their row", () => {
  const $unknown = [{ no: 2000, wireType: 0, data: Uint8Array.of(5) }];
  const value = sampleGroup(1, { $unknown });
  const frame = encodeElement({ case: "group", value });
  expect(decodeElement(frame, { position: 0 }).value).toEqual(value);
});

test("decodeElement throws bad-frame with the position", () => {
  const bad = Uint8Array.of(0x12, 0xff, 0xff, 0xff, 0x0f, 1);
  const decoding = () => decodeElement(bad, { position: 41 });
  expect(decoding).toThrow(ArchiveError);
  expect(decoding).toThrow("[bad-frame] frame 41");
});

test("decodeElement refuses a frame beyond the limit before it decodes it (T11)", () => {
  const limits = { maxFrameBytes: 10 };
  const decoding = () =>
    decodeElement(new Uint8Array(11), { position: 3, limits });
  expect(decoding).toThrow("[frame-too-large] frame 3");
});

test("decodeElement throws a typed error for endlessly nested groups (T11)", () => {
  // Field 1500 of wire type 3 opens a group that never closes.
  const frame = new Uint8Array(2_000_000);
  for (let at = 0; at < frame.length; at += 2) frame.set([0xe3, 0x5d], at);
  expect(() => decodeElement(frame, { position: 0 })).toThrow("bad-frame");
});

test("decodeElement decodes any bytes, cuts and flipped bits, or throws a typed error", () => {
  const decodes = (frame: Uint8Array) => {
    try {
      decodeElement(frame, { position: 0 });
    } catch (error) {
      expect(error).toBeInstanceOf(ArchiveError);
    }
  };
  fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), decodes), {
    numRuns: 300,
  });
  const frame = encodeElement({ case: "group", value: sampleGroup(1) });
  for (let length = 0; length < frame.length; length++) {
    decodes(frame.subarray(0, length));
  }
  for (let bit = 0; bit < frame.length * 8; bit++) {
    const flipped = frame.slice();
    flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    decodes(flipped);
  }
});
