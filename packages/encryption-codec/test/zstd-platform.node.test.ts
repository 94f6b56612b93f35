import * as zlib from "node:zlib";
import { chunksOf, concatBytes, streamOf } from "@history-sync/primitives";
import { unsafeSeededBytes } from "@history-sync/primitives/testing";
import fc from "fast-check";
import { expect, test } from "vitest";
import { startNativeInflater } from "#native-zstd";
import { createAesGcm } from "../src/aes/create.js";
import { ByteReader } from "../src/byte-reader.js";
import { EncryptionCodecError } from "../src/errors.js";
import { defaultCodecLimits } from "../src/limits.js";
import { advanceNonce } from "../src/xmtp-v0/nonce.js";
import { inflate } from "../src/zstd/inflate.js";
import { codeOf, collect, cut, open } from "./support/frames.js";
import {
  archiveOf,
  littleEndian,
  zstdBlock,
  zstdFrame,
} from "./support/records.js";
import { samples } from "./support/zstd-samples.js";

const limits = { ...defaultCodecLimits, maxInflationRatio: 20_000 };
const {
  ZSTD_c_compressionLevel: levelParam,
  ZSTD_c_windowLog: windowLogParam,
} = zlib.constants;

function deflate(
  content: Uint8Array,
  level: number,
  windowLog = 0,
): Uint8Array {
  const params = {
    [levelParam]: level,
    [zlib.constants.ZSTD_c_checksumFlag]: level % 2,
    [zlib.constants.ZSTD_c_contentSizeFlag]: windowLog === 0 ? 1 : 0,
    ...(windowLog === 0 ? {} : { [windowLogParam]: windowLog }),
  };
  return new Uint8Array(zlib.zstdCompressSync(content, { params }));
}

async function inflateWith(
  startNative: typeof startNativeInflater,
  zstd: Uint8Array,
): Promise<Uint8Array> {
  const reader = new ByteReader(
    chunksOf(streamOf(cut(zstd, 9001))),
    "the archive",
  );
  return concatBytes(...(await collect(inflate(reader, limits, startNative))));
}

async function bothInflate(zstd: Uint8Array): Promise<readonly Uint8Array[]> {
  return [
    await inflateWith(undefined, zstd),
    await inflateWith(startNativeInflater, zstd),
  ];
}

test("Node has a zstd of its own", () => {
  expect(startNativeInflater).toBeTypeOf("function");
});

test("both decoders inflate the output of zstd at any level", async () => {
  for (const content of Object.values(samples)) {
    for (const level of [-5, 1, 3, 6, 9, 12, 15, 19]) {
      for (const inflated of await bothInflate(deflate(content, level))) {
        expect(inflated).toEqual(content);
      }
    }
  }
});

test("mixtures of noise and repetition, with small windows, both inflate", async () => {
  const part = fc.record({
    seed: fc.nat(5),
    length: fc.oneof(fc.nat(50), fc.nat(5000), fc.nat(200_000)),
    mask: fc.constantFrom(0, 1, 7, 15, 63, 255),
  });
  await fc.assert(
    fc.asyncProperty(
      fc.array(part, { minLength: 1, maxLength: 8 }),
      fc.constantFrom(-1, 1, 3, 5, 9, 16),
      fc.constantFrom(0, 10, 12, 17, 20),
      async (parts, level, windowLog) => {
        const content = concatBytes(
          ...parts.map(({ seed, length, mask }) =>
            unsafeSeededBytes(seed)(length).map((byte) => byte & mask),
          ),
        );
        const zstd = deflate(content, level, windowLog);
        for (const inflated of await bothInflate(zstd)) {
          expect(Buffer.compare(inflated, content)).toBe(0);
        }
      },
    ),
    { numRuns: 40 },
  );
});

test("where a changed frame inflates with both, it inflates to the same", async () => {
  const contents = Object.values(samples).filter(({ length }) => length > 0);
  let refused = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...contents),
      fc.constantFrom(2, 4, 18),
      fc.array(fc.tuple(fc.nat(4000), fc.nat(255)), {
        minLength: 1,
        maxLength: 3,
      }),
      async (content, level, changes) => {
        const zstd = deflate(content, level);
        for (const [at, byte] of changes)
          zstd[6 + (at % (zstd.length - 6))] = byte;
        const outcomes = await Promise.allSettled([
          inflateWith(undefined, zstd),
          inflateWith(startNativeInflater, zstd),
        ]);
        const [own, native] = outcomes;
        for (const outcome of outcomes) {
          if (outcome.status === "fulfilled") continue;
          expect(outcome.reason).toBeInstanceOf(EncryptionCodecError);
          refused++;
        }
        if (own?.status === "fulfilled" && native?.status === "fulfilled") {
          expect(Buffer.compare(own.value, native.value)).toBe(0);
        }
      },
    ),
    { numRuns: 150 },
  );
  expect(refused).toBeGreaterThan(20);
});

test("an archive of short records, which zstd does compress, opens in several frames", async () => {
  const random = unsafeSeededBytes(9);
  const key = random(32);
  const nonce = random(12);
  const aes = await createAesGcm(key);
  const frames = Array.from({ length: 3000 }, (_, i) => random(20 + (i % 30)));
  const records: Uint8Array[] = [];
  for (const [i, frame] of frames.entries()) {
    const ciphertext = await aes.seal(advanceNonce(nonce, i), frame);
    records.push(littleEndian(ciphertext.length, 4), ciphertext);
  }
  const content = concatBytes(...records);
  const zstd = [...cut(content, 70_001)].map((part) => deflate(part, 3));
  expect(zstd.reduce((sum, { length }) => sum + length, 0)).toBeLessThan(
    content.length,
  );
  expect(await open(archiveOf(concatBytes(...zstd), nonce), { key })).toEqual(
    frames,
  );
  for (const inflated of await bothInflate(concatBytes(...zstd))) {
    expect(inflated).toEqual(content);
  }
});

test("a failure of the platform's zstd is a typed error", async () => {
  const garbage = new Uint8Array(40).fill(0xff);
  const zstd = zstdFrame([zstdBlock(2, garbage.length, garbage)]);
  const failing = inflateWith(startNativeInflater, zstd);
  expect(await codeOf(failing)).toBe("invalid-zstd");
  await expect(failing).rejects.toHaveProperty("cause.errno");
});
