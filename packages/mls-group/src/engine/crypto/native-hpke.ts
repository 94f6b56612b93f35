/// <reference types="node" />
import {
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
  type KeyObject,
} from "node:crypto";
import { concatBytes } from "@history-sync/primitives";
import type { CiphersuiteImpl } from "../ts-mls.js";
import { privateKeyOf, publicKeyOf, rawOf } from "./native-keys.js";
import {
  aeadKeyBytes,
  aeadNonceBytes,
  expand,
  hashBytes,
  hmac,
  openAead,
  sealAead,
} from "./native-primitives.js";

type Hpke = CiphersuiteImpl["hpke"];
type KeyPair = Awaited<ReturnType<Hpke["generateKeyPair"]>>;

// RFC 9180 sections 4.1 and 5.1: DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, ChaCha20-Poly1305.
const kemId = concatBytes(ascii("KEM"), Uint8Array.of(0, 0x20));
const hpkeId = concatBytes(ascii("HPKE"), Uint8Array.of(0, 0x20, 0, 1, 0, 3));
const none = new Uint8Array();
const baseMode = Uint8Array.of(0);

/** HPKE in base mode for one message (RFC 9180 section 6), synchronously. */
export const nativeHpke: Hpke = {
  keyLength: aeadKeyBytes,
  nonceLength: aeadNonceBytes,
  async seal(publicKey, plaintext, info, aad = none) {
    const { enc, sharedSecret } = encapsulated(keyObject(publicKey));
    const { key, nonce } = keySchedule(sharedSecret, info);
    return { enc, ct: sealAead(key, nonce, aad, plaintext) };
  },
  async open(privateKey, kemOutput, ciphertext, info, aad = none) {
    const sharedSecret = decapsulated(kemOutput, keyObject(privateKey));
    const { key, nonce } = keySchedule(sharedSecret, info);
    return openAead(key, nonce, aad, ciphertext);
  },
  async exportSecret(publicKey, exporterContext, length, info) {
    const { enc, sharedSecret } = encapsulated(keyObject(publicKey));
    const { exporter } = keySchedule(sharedSecret, info);
    return { enc, secret: exported(exporter, exporterContext, length) };
  },
  async importSecret(privateKey, exporterContext, kemOutput, length, info) {
    const sharedSecret = decapsulated(kemOutput, keyObject(privateKey));
    const { exporter } = keySchedule(sharedSecret, info);
    return exported(exporter, exporterContext, length);
  },
  async importPrivateKey(raw) {
    return engineKey(privateKeyOf("X25519", raw));
  },
  async importPublicKey(raw) {
    return engineKey(publicKeyOf("X25519", raw));
  },
  async exportPublicKey(key) {
    return rawOf(keyObject(key));
  },
  async exportPrivateKey(key) {
    return rawOf(keyObject(key));
  },
  async encryptAead(key, nonce, aad = none, plaintext) {
    return sealAead(key, nonce, aad, plaintext);
  },
  async decryptAead(key, nonce, aad = none, ciphertext) {
    return openAead(key, nonce, aad, ciphertext);
  },
  async deriveKeyPair(ikm) {
    const prk = labeledExtract(kemId, none, "dkp_prk", ikm);
    const raw = labeledExpand(kemId, prk, "sk", none, hashBytes);
    const privateKey = privateKeyOf("X25519", raw);
    return keyPair(privateKey, createPublicKey(privateKey));
  },
  async generateKeyPair() {
    const { privateKey, publicKey } = generateKeyPairSync("x25519");
    return keyPair(privateKey, publicKey);
  },
};

/** RFC 9180 section 4.1, Encap. */
function encapsulated(publicKey: KeyObject): {
  readonly enc: Uint8Array;
  readonly sharedSecret: Uint8Array;
} {
  const ephemeral = generateKeyPairSync("x25519");
  const enc = rawOf(ephemeral.publicKey);
  const { privateKey } = ephemeral;
  const dh = diffieHellman({ privateKey, publicKey });
  const context = concatBytes(enc, rawOf(publicKey));
  return { enc, sharedSecret: extractAndExpand(dh, context) };
}

/** RFC 9180 section 4.1, Decap. */
function decapsulated(enc: Uint8Array, privateKey: KeyObject): Uint8Array {
  const publicKey = publicKeyOf("X25519", enc);
  const dh = diffieHellman({ privateKey, publicKey });
  const own = rawOf(createPublicKey(privateKey));
  return extractAndExpand(dh, concatBytes(enc, own));
}

function extractAndExpand(dh: Uint8Array, context: Uint8Array): Uint8Array {
  const prk = labeledExtract(kemId, none, "eae_prk", dh);
  return labeledExpand(kemId, prk, "shared_secret", context, hashBytes);
}

/** RFC 9180 section 5.1. */
function keySchedule(
  sharedSecret: Uint8Array,
  info: Uint8Array,
): {
  readonly key: Uint8Array;
  readonly nonce: Uint8Array;
  readonly exporter: Uint8Array;
} {
  const context = concatBytes(
    baseMode,
    labeledExtract(hpkeId, none, "psk_id_hash", none),
    labeledExtract(hpkeId, none, "info_hash", info),
  );
  const secret = labeledExtract(hpkeId, sharedSecret, "secret", none);
  const derived = (label: string, length: number) =>
    labeledExpand(hpkeId, secret, label, context, length);
  return {
    key: derived("key", aeadKeyBytes),
    nonce: derived("base_nonce", aeadNonceBytes),
    exporter: derived("exp", hashBytes),
  };
}

function exported(
  exporter: Uint8Array,
  context: Uint8Array,
  length: number,
): Uint8Array {
  return labeledExpand(hpkeId, exporter, "sec", context, length);
}

/** RFC 9180 section 4. */
function labeledExtract(
  suiteId: Uint8Array,
  salt: Uint8Array,
  label: string,
  ikm: Uint8Array,
): Uint8Array {
  return hmac(salt, ascii("HPKE-v1"), suiteId, ascii(label), ikm);
}

function labeledExpand(
  suiteId: Uint8Array,
  prk: Uint8Array,
  label: string,
  info: Uint8Array,
  length: number,
): Uint8Array {
  const size = Uint8Array.of(length >> 8, length & 0xff);
  const labeled = concatBytes(
    size,
    ascii("HPKE-v1"),
    suiteId,
    ascii(label),
    info,
  );
  return expand(prk, labeled, length);
}

function ascii(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

// The engine passes keys on without reading them. Its types only know WebCrypto's.
function engineKey<Key>(key: KeyObject): Key {
  return key as unknown as Key;
}

function keyObject(key: CryptoKey): KeyObject {
  return key as unknown as KeyObject;
}

function keyPair(privateKey: KeyObject, publicKey: KeyObject): KeyPair {
  return { privateKey: engineKey(privateKey), publicKey: engineKey(publicKey) };
}
