import { concatBytes, streamOf, toHex } from "@history-sync/primitives";
import { gcm } from "@noble/ciphers/aes.js";
import fc from "fast-check";
import { expect, test } from "vitest";
import { createAesGcm } from "../../src/aes/create.js";
import { openArchivePages } from "../../src/open.js";
import { deriveKeys, sameCommitment } from "../../src/paged-v1/keys.js";
import { pageNonce } from "../../src/paged-v1/layout.js";
import { openArchivePage } from "../../src/paged-v1/open.js";
import { sealPagedV1 } from "../../src/paged-v1/seal.js";
import { codeOf } from "../support/frames.js";
import { chat } from "./chat.js";
import { craft, key, pageOf, salt } from "./craft.js";
import { openFrames, seal } from "./opening.js";

test("only keys of 32 bytes are taken, at once", async () => {
  const refused = async (work: () => unknown) =>
    expect(await codeOf((async () => work())())).toBe("invalid-key");
  for (const length of [0, 16, 31, 33, 64]) {
    const wrong = new Uint8Array(length);
    const header = new Uint8Array(74);
    await refused(() => sealPagedV1([], { key: wrong }));
    await refused(() => openArchivePages(streamOf([]), { key: wrong }));
    await refused(() =>
      openArchivePage(header, { key: wrong, header, page: 0 }),
    );
  }
});

test("a source that gives too little randomness is refused", async () => {
  const short = () => new Uint8Array(31);
  expect(() => sealPagedV1([], { key, randomBytes: short })).toThrow(
    "invalid-random",
  );
});

test("archives of one key share no salt, page key or page", async () => {
  const salts = new Set<string>();
  const pageKeys = new Set<string>();
  const bodies = new Set<string>();
  for (let i = 0; i < 100; i++) {
    const { archive } = await seal(chat(1), { key });
    const own = archive.slice(10, 42);
    salts.add(toHex(own));
    pageKeys.add(toHex(deriveKeys(key, own, "zstd").pageKey));
    bodies.add(toHex(archive.subarray(79, 200)));
  }
  expect([salts.size, pageKeys.size, bodies.size]).toEqual([100, 100, 100]);
});

test("keys differ by suite and use, and say nothing of each other", async () => {
  const zstd = deriveKeys(key, salt, "zstd");
  const deflate = deriveKeys(key, salt, "deflate");
  const all = [
    zstd.pageKey,
    zstd.commitment,
    deflate.pageKey,
    deflate.commitment,
  ];
  expect(new Set(all.map(toHex)).size).toBe(4);
});

test("no two pages of an archive have one nonce", () => {
  const page = fc.record({
    index: fc.nat({ max: 2 ** 32 - 1 }),
    final: fc.boolean(),
  });
  fc.assert(
    fc.property(page, page, (a, b) => {
      const same = a.index === b.index && a.final === b.final;
      const [x, y] = [pageNonce(a.index, a.final), pageNonce(b.index, b.final)];
      expect(toHex(x) === toHex(y)).toBe(same);
    }),
  );
});

test("the platform's cipher agrees with one in JavaScript", async () => {
  const nonce = pageNonce(3, true);
  const content = concatBytes(...chat(1));
  const cipher = await createAesGcm(key, salt);
  const sealed = gcm(key, nonce, salt).encrypt(content);
  expect(await cipher.seal(nonce, content)).toEqual(sealed);
  expect(await cipher.open(nonce, sealed)).toEqual(content);
  expect(await cipher.open(pageNonce(3, false), sealed)).toBeUndefined();
});

test("a wrong key is told from damage", async () => {
  const archive = await craft([pageOf("deflate", "hello")]);
  const other = Uint8Array.from(key);
  other[31] = (other[31] ?? 0) ^ 1;
  expect(await codeOf(openFrames(archive, { key: other }))).toBe("wrong-key");
  expect(sameCommitment(key, other)).toBe(false);
  expect(sameCommitment(key, key.subarray(1))).toBe(false);
  expect(sameCommitment(key, Uint8Array.from(key))).toBe(true);
});
