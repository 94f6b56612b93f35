import { concatBytes, streamOf } from "@history-sync/primitives";
import { expect, test } from "vitest";
import { type CodecLimits, openArchive } from "../src/index.js";
import { codeOf, open, seal } from "./support/frames.js";
import {
  archiveOf,
  littleEndian,
  zstdBlock,
  zstdFrame,
} from "./support/records.js";

const key = new Uint8Array(32);
const raw = (bytes: Uint8Array, last = true) =>
  zstdBlock(0, bytes.length, bytes, last);

async function openingCode(
  zstd: Uint8Array,
  limits: Partial<CodecLimits> = {},
): Promise<string | undefined> {
  return codeOf(open(archiveOf(zstd), { key, limits }));
}

test("t11: a record's length is checked before it is believed", async () => {
  const record = (length: number) => zstdFrame([raw(littleEndian(length, 4))]);
  expect(await openingCode(record(0xffff_ffff))).toBe("limit-exceeded");
  expect(await openingCode(record(16 * 1024 * 1024 + 17))).toBe(
    "limit-exceeded",
  );
  expect(await openingCode(record(16 * 1024 * 1024 + 16))).toBe("truncated");
  expect(await openingCode(record(15))).toBe("invalid-record");
  expect(await openingCode(record(0))).toBe("invalid-record");
});

test("t11: a huge window or content size is refused before memory is taken", async () => {
  const block = raw(new Uint8Array(4));
  expect(await openingCode(zstdFrame([block], Uint8Array.of(0, 0xff)))).toBe(
    "limit-exceeded",
  );
  expect(await openingCode(zstdFrame([block], Uint8Array.of(0, 14 << 3)))).toBe(
    "limit-exceeded",
  );
  const eightBytes = Uint8Array.of(0xe0, ...new Uint8Array(8).fill(255));
  expect(await openingCode(zstdFrame([block], eightBytes))).toBe(
    "limit-exceeded",
  );
  const fits = zstdFrame([block], Uint8Array.of(0, 13 << 3));
  expect(await openingCode(fits)).toBe("invalid-record");
});

test("t11: blocks that inflate stop at the ratio, after one block", async () => {
  const bomb = zstdFrame(
    Array.from({ length: 1000 }, (_, i) =>
      zstdBlock(1, 131_072, Uint8Array.of(0), i === 999),
    ),
  );
  let pulled = 0;
  async function* chunks() {
    for (let at = 0; at < bomb.length; at += 4) {
      pulled += 4;
      yield bomb.subarray(at, at + 4);
    }
  }
  async function* archive() {
    yield archiveOf(new Uint8Array(0));
    yield* chunks();
  }
  const frames = openArchive(streamOf(archive()), { key });
  expect(await codeOf(frames.next())).toBe("limit-exceeded");
  expect(pulled).toBeLessThanOrEqual(12);
});

test("t11: malformed zstd is refused", async () => {
  const block = raw(new Uint8Array(4));
  const cases: readonly Uint8Array[] = [
    zstdFrame([zstdBlock(3, 4, new Uint8Array(4))]),
    zstdFrame([block], Uint8Array.of(8, 0x58)),
    zstdFrame([block], Uint8Array.of(1, 0x58, 7)),
    zstdFrame([raw(new Uint8Array(131_073))]),
    zstdFrame([zstdBlock(1, 131_073, Uint8Array.of(0))]),
    // The window of 1 KiB is also a block's limit.
    zstdFrame([raw(new Uint8Array(1025))], Uint8Array.of(0, 0)),
    zstdFrame([zstdBlock(2, 3, new Uint8Array(3))]),
    Uint8Array.of(0x50, 0x2a, 0x4d, 0x18, 0, 0, 0, 0),
    new Uint8Array(20),
  ];
  for (const zstd of cases) {
    expect(await openingCode(zstd)).toBe("invalid-zstd");
  }
  // A content size that does not hold.
  const sealed = await seal([new Uint8Array(0)], { key });
  const records = sealed.subarray(14 + 6 + 3);
  const lying = concatBytes(
    sealed.subarray(0, 14),
    zstdFrame([raw(records)], Uint8Array.of(0x20, records.length + 1)),
  );
  expect(await codeOf(open(lying, { key }))).toBe("invalid-zstd");
});

test("t11: every limit is a limit", async () => {
  const frames = [new Uint8Array(100), new Uint8Array(100)];
  const archive = await seal(frames, { key });
  const limits: readonly Partial<CodecLimits>[] = [
    { maxFrameBytes: 99 },
    { maxFrames: 1 },
    { maxArchiveBytes: archive.length - 1 },
    { maxInflatedBytes: 239 },
    { maxInflationRatio: 0.5 },
    { maxWindowBytes: 65_535 },
  ];
  for (const limit of limits) {
    expect(await codeOf(open(archive, { key, limits: limit }))).toBe(
      "limit-exceeded",
    );
  }
  const enough: CodecLimits = {
    maxFrameBytes: 100,
    maxFrames: 2,
    maxArchiveBytes: archive.length,
    maxInflatedBytes: 240,
    maxInflationRatio: 1,
    maxWindowBytes: 65_536,
  };
  expect(await open(archive, { key, limits: enough })).toEqual(frames);
});

test("t11: what a reader would refuse by default is not sealed", async () => {
  const frame = new Uint8Array(16 * 1024 * 1024 + 1);
  expect(await codeOf(seal([frame], { key }))).toBe("limit-exceeded");
});
