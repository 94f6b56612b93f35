import { systemRandomBytes } from "@history-sync/primitives";
import { expect, test } from "vitest";
import * as native from "#ciphersuite";
import * as portable from "../src/engine/crypto/ciphersuite.js";
import { openTsMlsEngine } from "../src/engine/ts-mls-engine.js";
import { everybody, text } from "./actors.js";
import {
  committed,
  followed,
  founded,
  founderOf,
  joined,
  newcomer,
  stateOf,
} from "./engine-group.js";

// Node's own suite against the one that browsers use: what one makes, the other reads.
const suites = [
  await native.openCiphersuite(),
  await portable.openCiphersuite(),
] as const;
const [ours, theirs] = suites;
const bothWays = [
  { from: ours, to: theirs, way: "Node's to the browsers'" },
  { from: theirs, to: ours, way: "the browsers' to Node's" },
];
const lengths = [0, 1, 32, 33, 1000];

test("the suites are two", () => {
  expect(ours.hpke).not.toBe(theirs.hpke);
  expect(native.openCiphersuite).not.toBe(portable.openCiphersuite);
});

test("both hash and derive the same", async () => {
  expect(ours.name).toBe(theirs.name);
  expect(ours.kdf.size).toBe(theirs.kdf.size);
  expect(ours.hpke.keyLength).toBe(theirs.hpke.keyLength);
  expect(ours.hpke.nonceLength).toBe(theirs.hpke.nonceLength);
  const key = systemRandomBytes(32);
  for (const length of lengths) {
    const data = systemRandomBytes(length);
    const [a, b] = await Promise.all(
      suites.map(async ({ hash, kdf }) => [
        await hash.digest(data),
        await hash.mac(key, data),
        await kdf.extract(key, data),
        await kdf.extract(new Uint8Array(), data),
        await kdf.expand(key, data, 1),
        await kdf.expand(key, data, 32),
        await kdf.expand(key, data, 100),
      ]),
    );
    expect(a).toEqual(b);
    const mac = await theirs.hash.mac(key, data);
    expect(await ours.hash.verifyMac(key, mac, data)).toBe(true);
    expect(await ours.hash.verifyMac(key, flipped(mac), data)).toBe(false);
    expect(await ours.hash.verifyMac(key, mac.slice(1), data)).toBe(false);
  }
});

test("both make the same keys of the same seed", async () => {
  const seed = systemRandomBytes(32);
  expect(native.signaturePublicKey(seed)).toEqual(
    portable.signaturePublicKey(seed),
  );
  const [a, b] = await Promise.all(
    suites.map(async ({ hpke }) => {
      const { privateKey, publicKey } = await hpke.deriveKeyPair(seed);
      return [
        await hpke.exportPrivateKey(privateKey),
        await hpke.exportPublicKey(publicKey),
      ];
    }),
  );
  expect(a).toEqual(b);
});

test.each(bothWays)("a signature goes from $way", async ({ from, to }) => {
  const seed = systemRandomBytes(32);
  const publicKey = portable.signaturePublicKey(seed);
  for (const length of lengths) {
    const message = systemRandomBytes(length);
    const signature = await from.signature.sign(seed, message);
    const { verify } = to.signature;
    expect(await verify(publicKey, message, signature)).toBe(true);
    expect(await verify(publicKey, message, flipped(signature))).toBe(false);
    expect(
      await verify(publicKey, Uint8Array.of(...message, 0), signature),
    ).toBe(false);
  }
});

test.each(bothWays)("sealed bytes go from $way", async ({ from, to }) => {
  const [key, nonce, aad, info] = [32, 12, 20, 40].map(systemRandomBytes) as [
    Uint8Array,
    Uint8Array,
    Uint8Array,
    Uint8Array,
  ];
  const { privateKey, publicKey } = await to.hpke.generateKeyPair();
  const raw = await to.hpke.exportPublicKey(publicKey);
  const recipient = await from.hpke.importPublicKey(raw);
  for (const length of lengths) {
    const plaintext = systemRandomBytes(length);
    const sealed = await from.hpke.encryptAead(key, nonce, aad, plaintext);
    expect(await to.hpke.decryptAead(key, nonce, aad, sealed)).toEqual(
      plaintext,
    );
    await expect(
      to.hpke.decryptAead(key, nonce, aad, flipped(sealed)),
    ).rejects.toThrow();
    await expect(
      to.hpke.decryptAead(key, nonce, info, sealed),
    ).rejects.toThrow();
    const { ct, enc } = await from.hpke.seal(recipient, plaintext, info, aad);
    expect(await to.hpke.open(privateKey, enc, ct, info, aad)).toEqual(
      plaintext,
    );
    await expect(to.hpke.open(privateKey, enc, ct, aad, aad)).rejects.toThrow();
  }
  const { enc, secret } = await from.hpke.exportSecret(
    recipient,
    aad,
    32,
    info,
  );
  expect(await to.hpke.importSecret(privateKey, aad, enc, 32, info)).toEqual(
    secret,
  );
});

test("keys and ciphertexts that are none are refused", async () => {
  const { hpke, signature } = ours;
  const { privateKey } = await hpke.generateKeyPair();
  for (const length of [0, 31, 33]) {
    const raw = new Uint8Array(length);
    await expect(hpke.importPublicKey(raw)).rejects.toThrow();
    await expect(hpke.importPrivateKey(raw)).rejects.toThrow();
    await expect(signature.verify(raw, raw, raw)).rejects.toThrow();
  }
  const key = new Uint8Array(32);
  for (const length of [0, 15, 16]) {
    await expect(
      hpke.decryptAead(
        key,
        new Uint8Array(12),
        undefined,
        new Uint8Array(length),
      ),
    ).rejects.toThrow();
  }
  // A point of low order: RFC 9180 section 7.1.4 wants it found.
  await expect(
    hpke.open(privateKey, key, new Uint8Array(16), key),
  ).rejects.toThrow();
});

test("members with either suite are in one group", async () => {
  const [node, browser] = await Promise.all(
    suites.map((suite) => openTsMlsEngine(everybody, suite)),
  );
  if (!node || !browser) throw new RangeError("expected two");
  const alone = await founded(node);
  const bobs = await newcomer(browser);
  const added = await committed(node, stateOf(alone, founderOf(alone)), {
    add: [bobs],
  });
  let alice = added.nextState;
  let bob = await joined(browser, bobs, added);
  const renewed = await committed(browser, bob);
  bob = renewed.nextState;
  alice = await followed(node, alice, renewed);
  const again = await committed(node, alice);
  bob = await followed(browser, bob, again);
  const { message } = await browser.protect(bob, text("hello"));
  expect(await node.process(again.nextState, message)).toMatchObject({
    plaintext: text("hello"),
  });
});

function flipped(bytes: Uint8Array): Uint8Array {
  return bytes.map((byte, i) => (i === 0 ? byte ^ 1 : byte));
}
