/// <reference types="node" />
import {
  createPublicKey,
  generateKeyPairSync,
  randomBytes,
  sign,
  timingSafeEqual,
  verify,
} from "node:crypto";
import type { CiphersuiteImpl } from "../ts-mls.js";
import { nativeHpke } from "./native-hpke.js";
import { KeyCache, privateKeyOf, publicKeyOf, rawOf } from "./native-keys.js";
import { expand, hashBytes, hmac, sha256 } from "./native-primitives.js";

// One installation signs; the others are the keys of the members of a few large groups.
const signKeys = 16;
const verifyKeys = 4096;

/**
 * Suite 3 of RFC 9420 section 17.1, on OpenSSL without a round trip through the thread pool: messages are short, and
 * the round trip takes longer than the work.
 */
export async function openCiphersuite(): Promise<CiphersuiteImpl> {
  return {
    name: "MLS_128_DHKEMX25519_CHACHA20POLY1305_SHA256_Ed25519",
    hash: {
      digest: async (data) => sha256(data),
      mac: async (key, data) => hmac(key, data),
      verifyMac: async (key, mac, data) =>
        mac.length === hashBytes && timingSafeEqual(hmac(key, data), mac),
    },
    kdf: {
      size: hashBytes,
      extract: async (salt, ikm) => hmac(salt, ikm),
      expand: async (prk, info, length) => expand(prk, info, length),
    },
    hpke: nativeHpke,
    signature: nativeSignature(),
    rng: { randomBytes: (size) => new Uint8Array(randomBytes(size)) },
  };
}

export function signaturePublicKey(seed: Uint8Array): Uint8Array {
  return rawOf(createPublicKey(privateKeyOf("Ed25519", seed)));
}

function nativeSignature(): CiphersuiteImpl["signature"] {
  const signing = new KeyCache(signKeys, (raw) => privateKeyOf("Ed25519", raw));
  const verifying = new KeyCache(verifyKeys, (raw) =>
    publicKeyOf("Ed25519", raw),
  );
  return {
    sign: async (signKey, message) =>
      new Uint8Array(sign(null, message, signing.get(signKey))),
    verify: async (publicKey, message, signature) =>
      verify(null, message, verifying.get(publicKey), signature),
    keygen: async () => {
      const { privateKey, publicKey } = generateKeyPairSync("ed25519");
      return { signKey: rawOf(privateKey), publicKey: rawOf(publicKey) };
    },
  };
}
