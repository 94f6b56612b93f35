import { fromHex, streamOf, toHex, wipe } from "@history-sync/primitives";
import { unsafeSeededBytes } from "@history-sync/primitives/testing";
import { expect, test } from "vitest";
import { createNativeAesGcm } from "#native-aes";
import type { AesGcm } from "../src/aes/aes-gcm.js";
import { createAesGcm } from "../src/aes/create.js";
import { softwareAesGcm } from "../src/aes/software.js";
import { webCryptoAesGcm } from "../src/aes/web-crypto.js";
import { generateArchiveKey, openArchive, sealArchive } from "../src/index.js";
import { advanceNonce } from "../src/xmtp-v0/nonce.js";
import { sealXmtpV0 } from "../src/xmtp-v0/seal.js";
import { codeOf, collect, open, seal } from "./support/frames.js";

const format = "xmtp-v0";

const frames = [Uint8Array.of(1), Uint8Array.of(2, 3)];

test("t15: a key has exactly 32 bytes, to seal and to open", () => {
  expect(generateArchiveKey()).toHaveLength(32);
  expect(generateArchiveKey()).not.toEqual(generateArchiveKey());
  expect(() => generateArchiveKey(() => new Uint8Array(31))).toThrow(
    "invalid-random",
  );
  for (const length of [0, 16, 31, 33, 64]) {
    const key = new Uint8Array(length);
    expect(() => sealArchive(frames, { format, key })).toThrow("invalid-key");
    expect(() => openArchive(streamOf([]), { key })).toThrow("invalid-key");
  }
});

test("t15: another key opens nothing", async () => {
  const archive = await seal(frames, { key: generateArchiveKey() });
  const wrong = open(archive, { key: generateArchiveKey() });
  expect(await codeOf(wrong)).toBe("not-authentic");
});

test("t15: a key may be wiped as soon as it was handed over", async () => {
  const key = generateArchiveKey();
  const copy = Uint8Array.from(key);
  const sealing = sealArchive(frames, { format, key });
  wipe(key);
  const opening = openArchive(sealing, { key: copy });
  wipe(copy);
  expect(await collect(opening)).toEqual(frames);
});

test("t15: every archive has a fresh nonce, of a source that must be sound", async () => {
  const key = generateArchiveKey();
  const nonces = new Set<string>();
  for (let i = 0; i < 100; i++) {
    nonces.add(toHex((await seal(frames, { key })).subarray(2, 14)));
  }
  expect(nonces.size).toBe(100);
  const randomBytes = () => new Uint8Array(11);
  expect(() => sealArchive(frames, { format, key, randomBytes })).toThrow(
    "invalid-random",
  );
});

test("t15: no nonce is used twice within an archive, and the count wraps", async () => {
  const used: string[] = [];
  const recorder: AesGcm = {
    async seal(nonce) {
      used.push(toHex(nonce));
      return new Uint8Array(16);
    },
    async open() {
      return undefined;
    },
    close() {},
  };
  async function* many() {
    for (let i = 0; i < 1000; i++) yield new Uint8Array(i);
  }
  const first = fromHex("fefeffffffffffffffffffff");
  await collect(sealXmtpV0(many(), recorder, first));
  expect(new Set(used).size).toBe(1000);
  expect(used[0]).toBe("fefeffffffffffffffffffff");
  expect(used[1]).toBe("fffeffffffffffffffffffff");
  expect(used[2]).toBe("00ffffffffffffffffffffff");
  expect(used[258]).toBe("000000000000000000000000");
});

test("t15: a nonce steps forth and back as a little-endian number", () => {
  const step = (hex: string, steps: number) =>
    toHex(advanceNonce(fromHex(hex), steps));
  expect(step("ff0000000000000000000000", 1)).toBe("000100000000000000000000");
  expect(step("000000000000000000000000", -1)).toBe("ffffffffffffffffffffffff");
  expect(step("000100000000000000000000", -1)).toBe("ff0000000000000000000000");
  expect(step("000000000000000000000000", 65_537)).toBe(
    "010001000000000000000000",
  );
});

test("t15: the ciphers agree, and none opens what it should not", async () => {
  const random = unsafeSeededBytes(3);
  const key = random(32);
  const data = random(20);
  const ciphers: AesGcm[] = [
    softwareAesGcm(key, data),
    await webCryptoAesGcm(crypto.subtle, key, data),
    await createAesGcm(key, data),
  ];
  if (createNativeAesGcm) ciphers.push(createNativeAesGcm(key, data));
  for (const length of [0, 1, 15, 16, 17, 1000]) {
    const nonce = random(12);
    const plaintext = random(length);
    const expected = await ciphers[0]?.seal(nonce, plaintext);
    if (!expected) throw new TypeError("there is a first cipher");
    expect(expected).toHaveLength(length + 16);
    const forged = Uint8Array.from(expected);
    forged[0] = (forged[0] ?? 0) ^ 1;
    for (const cipher of ciphers) {
      expect(await cipher.seal(nonce, plaintext)).toEqual(expected);
      expect(await cipher.open(nonce, expected)).toEqual(plaintext);
      expect(await cipher.open(nonce, forged)).toBeUndefined();
      expect(await cipher.open(random(12), expected)).toBeUndefined();
    }
  }
});
