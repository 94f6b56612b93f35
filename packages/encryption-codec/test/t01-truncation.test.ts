import { concatBytes } from "@history-sync/primitives";
import { expect, test } from "vitest";
import { codeOf, open, seal } from "./support/frames.js";
import { load, tinyVector } from "./support/libxmtp.js";
import {
  archiveOf,
  headerBytes,
  splitRecords,
  zstdBlock,
  zstdFrame,
} from "./support/records.js";

const { key, url } = tinyVector;

test("t01: every prefix of an archive is found to be cut", async () => {
  const archive = await load(url);
  const codes = await Promise.all(
    Array.from(archive, (_, length) =>
      codeOf(open(archive.subarray(0, length), { key })),
    ),
  );
  expect(codes).toHaveLength(2_208);
  expect(new Set(codes)).toEqual(new Set(["truncated"]));
});

test("t01: every prefix of a zstd frame's second half, and of a second frame, is found", async () => {
  const frames = [new Uint8Array(20).fill(1), new Uint8Array(20).fill(2)];
  const archive = await seal(frames, { key });
  const nonce = archive.subarray(2, headerBytes);
  const records = concatBytes(...splitRecords(archive));
  const parts = [records.subarray(0, 50), records.subarray(50)];
  const two = archiveOf(
    concatBytes(
      ...parts.map((part) =>
        // With a checksum: its absence must be noticed as well.
        concatBytes(
          zstdFrame([zstdBlock(0, part.length, part)], Uint8Array.of(4, 0x58)),
          new Uint8Array(4),
        ),
      ),
    ),
    nonce,
  );
  expect(await open(two, { key })).toEqual(frames);
  const codes = await Promise.all(
    Array.from(two, (_, length) =>
      codeOf(open(two.subarray(0, length), { key })),
    ),
  );
  expect(new Set(codes)).toEqual(new Set(["truncated"]));
});

test("t01: an archive without records is cut", async () => {
  const none = archiveOf(zstdFrame([zstdBlock(0, 0, new Uint8Array(0))]));
  expect(await codeOf(open(none, { key }))).toBe("truncated");
});

test("t01: bytes after the end are found", async () => {
  const archive = await load(url);
  for (const [tail, code] of [
    [Uint8Array.of(0), "trailing-data"],
    [Uint8Array.of(0x28), "truncated"],
    [Uint8Array.of(0x28, 0xb5, 0x2f, 0xfe), "trailing-data"],
    [Uint8Array.of(0x50, 0x2a, 0x4d, 0x18, 0, 0, 0, 0), "invalid-zstd"],
    [archive, "trailing-data"],
  ] as const) {
    expect(await codeOf(open(concatBytes(archive, tail), { key }))).toBe(code);
  }
});

test("t01: records cut off whole, with the zstd frame closed, are beyond what the format can notice", async () => {
  const archive = await load(url);
  const frames = await open(archive, { key });
  const kept = concatBytes(...splitRecords(archive).slice(0, 4));
  const shortened = archiveOf(
    zstdFrame([zstdBlock(0, kept.length, kept)]),
    archive.subarray(2, headerBytes),
  );
  expect(await open(shortened, { key })).toEqual(frames.slice(0, 4));
});
