import {
  chunksOf,
  concatBytes,
  fromHex,
  streamOf,
} from "@history-sync/primitives";
import { expect, test } from "vitest";
import { ByteReader } from "../src/byte-reader.js";
import { defaultCodecLimits } from "../src/limits.js";
import { inflate } from "../src/zstd/inflate.js";
import { codeOf, collect, cut } from "./support/frames.js";
import { zstdBlock, zstdFrame } from "./support/records.js";
import { samples } from "./support/zstd-samples.js";
import zstdVectors from "./vectors/zstd.json" with { type: "json" };

const limits = { ...defaultCodecLimits, maxInflationRatio: 20_000 };

async function inflateWithoutPlatform(
  zstd: Uint8Array,
  ...chunkSizes: readonly number[]
): Promise<Uint8Array> {
  const reader = new ByteReader(
    chunksOf(streamOf(cut(zstd, ...chunkSizes))),
    "the archive",
  );
  return concatBytes(...(await collect(inflate(reader, limits, undefined))));
}

const frames = Object.entries(zstdVectors).map(([name, base64]) => ({
  name,
  zstd: Uint8Array.from(atob(base64), (char) => char.charCodeAt(0)),
  content: samples[name.replace(/-\d+$/, "")],
}));

for (const { name, zstd, content } of frames) {
  test(`${name} inflates without the platform's zstd`, async () => {
    expect(await inflateWithoutPlatform(zstd)).toEqual(content);
    expect(await inflateWithoutPlatform(zstd, 1)).toEqual(content);
  });
}

test("frames follow each other", async () => {
  const all = concatBytes(...frames.map(({ zstd }) => zstd));
  const contents = frames.map(({ content }) => content ?? new Uint8Array(0));
  expect(await inflateWithoutPlatform(all)).toEqual(concatBytes(...contents));
});

test("t11: a block that claims 98,000 matches of 131 kB each is refused at the first", async () => {
  // One raw literal; 98,046 sequences with the same three codes: literals 0, offset 0, match 52.
  const bomb = fromHex("0841ffffff540000" + "34" + "ffff01");
  const zstd = zstdFrame([zstdBlock(2, bomb.length, bomb)]);
  expect(await codeOf(inflateWithoutPlatform(zstd))).toBe("invalid-zstd");
});

test("t11: Huffman weights that take no bits come to an end", async () => {
  // A weights table of one symbol that has the whole probability: its states lead to themselves.
  const table = fromHex("f00300" + "80");
  const literals = concatBytes(
    // Compressed literals in one stream: regenerated size 4, compressed size 16.
    Uint8Array.of(0x42, 0x00, 0x04, table.length),
    table,
    new Uint8Array(16),
  );
  const zstd = zstdFrame([zstdBlock(2, literals.length, literals)]);
  expect(await codeOf(inflateWithoutPlatform(zstd))).toBe("invalid-zstd");
});

test("every cut and every flipped bit of a compressed frame ends in time", async () => {
  for (const { zstd } of frames.filter(({ zstd }) => zstd.length < 1200)) {
    for (let length = 0; length < zstd.length; length += 7) {
      const cutShort = inflateWithoutPlatform(zstd.subarray(0, length));
      expect(await codeOf(cutShort)).toBe("truncated");
    }
    for (let bit = 32; bit < zstd.length * 8; bit += 5) {
      const changed = Uint8Array.from(zstd);
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      // The records' tags detect the rest.
      expect([
        undefined,
        "invalid-zstd",
        "truncated",
        "trailing-data",
        "limit-exceeded",
      ]).toContain(await codeOf(inflateWithoutPlatform(changed)));
    }
  }
});
