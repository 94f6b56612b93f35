import { concatBytes } from "@history-sync/primitives";
import { expect, test } from "vitest";
import { codeOf, open } from "./support/frames.js";
import { load, tinyVector } from "./support/libxmtp.js";
import {
  archiveOf,
  headerBytes,
  splitRecords,
  zstdBlock,
  zstdFrame,
} from "./support/records.js";

const { key, url } = tinyVector;
const inBrowser = "window" in globalThis;
/** A browser is given a sample, since each of its cipher calls leaves the page. */
const stride = inBrowser ? 23 : 1;
const atOnce = 256;

test("t02: every flipped bit is found, or changes no frame", async () => {
  const archive = await load(url);
  const frames = await open(archive, { key });
  const outcomes = new Map<string, number>();
  const flip = async (bit: number) => {
    const changed = Uint8Array.from(archive);
    changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    const opening = open(changed, { key });
    const code = await codeOf(opening);
    if (code === undefined) expect(await opening).toEqual(frames);
    const outcome = code ?? "same frames";
    outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
  };
  const bits = archive.length * 8;
  for (let from = 0; from < bits; from += atOnce * stride) {
    const end = Math.min(from + atOnce * stride, bits);
    const batch: Promise<void>[] = [];
    for (let bit = from; bit < end; bit += stride) batch.push(flip(bit));
    await Promise.all(batch);
  }
  const flips = [...outcomes.values()].reduce((sum, count) => sum + count, 0);
  expect(flips).toBe(Math.ceil(bits / stride));
  expect(outcomes.get("not-authentic")).toBeGreaterThan(flips * 0.9);
  // Only bits of the zstd window can change without a consequence.
  expect(outcomes.get("same frames") ?? 0).toBeLessThan(16);
}, 60_000);

test("t02: records that are repeated, reordered or left out are found", async () => {
  const archive = await load(url);
  const nonce = archive.subarray(2, headerBytes);
  const [a, b, c, ...rest] = splitRecords(archive);
  if (!a || !b || !c) throw new TypeError("the vector has ten records");
  const openRecords = (...records: Uint8Array[]) => {
    const all = concatBytes(...records);
    const zstd = zstdFrame([zstdBlock(0, all.length, all)]);
    return codeOf(open(archiveOf(zstd, nonce), { key }));
  };
  expect(await openRecords(a, b, c, ...rest)).toBeUndefined();
  expect(await openRecords(b, c, ...rest)).toBe("not-authentic");
  expect(await openRecords(a, c, b, ...rest)).toBe("not-authentic");
  expect(await openRecords(a, c, ...rest)).toBe("not-authentic");
  expect(await openRecords(a, a, b, c, ...rest)).toBe("repeated-nonce");
});

test("t03: another archive of the same key can't lend its records", async () => {
  const archive = await load(url);
  const [first] = splitRecords(archive);
  if (!first) throw new TypeError("the vector has ten records");
  const zstd = zstdFrame([zstdBlock(0, first.length, first)]);
  const other = archiveOf(zstd, new Uint8Array(12));
  expect(await codeOf(open(other, { key }))).toBe("not-authentic");
});
