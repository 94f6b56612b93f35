import { concatBytes } from "@history-sync/primitives";
import { chacha20poly1305 } from "@noble/ciphers/chacha.js";
import { x25519 } from "@noble/curves/ed25519.js";
import { expand, extract } from "@noble/hashes/hkdf.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { XWing } from "@noble/post-quantum/hybrid.js";

// RFC 9180, written a second time with other libraries: the mode of XMTP's Welcomes, the receiver's side.

const text = (words: string) => new TextEncoder().encode(words);
const number = (value: number, size: number) =>
  Uint8Array.from(
    { length: size },
    (_, i) => (value / 256 ** (size - 1 - i)) & 0xff,
  );
const none = new Uint8Array();
const welcomeInfo = concatBytes(
  Uint8Array.of(0x13),
  text("MLS 1.0 MLS_WELCOME"),
  Uint8Array.of(0),
);

type SuiteId = Uint8Array;

function labeledExtract(
  id: SuiteId,
  salt: Uint8Array,
  label: string,
  ikm: Uint8Array,
) {
  const labeled = concatBytes(text("HPKE-v1"), id, text(label), ikm);
  return extract(sha256, labeled, salt);
}

function labeledExpand(
  id: SuiteId,
  prk: Uint8Array,
  label: string,
  info: Uint8Array,
  length: number,
) {
  const labeled = concatBytes(
    number(length, 2),
    text("HPKE-v1"),
    id,
    text(label),
    info,
  );
  return expand(sha256, prk, labeled, length);
}

/** Section 4.1. */
export function x25519Secret(
  enc: Uint8Array,
  privateKey: Uint8Array,
): Uint8Array {
  const kem = concatBytes(text("KEM"), number(0x0020, 2));
  const dh = x25519.getSharedSecret(privateKey, enc);
  const context = concatBytes(enc, x25519.getPublicKey(privateKey));
  const prk = labeledExtract(kem, none, "eae_prk", dh);
  return labeledExpand(kem, prk, "shared_secret", context, 32);
}

export function xWingSecret(enc: Uint8Array, seed: Uint8Array): Uint8Array {
  return XWing.decapsulate(enc, seed);
}

/** Section 5.1: opens ciphertexts in their order. */
export function openInOrder(
  kemId: number,
  secret: Uint8Array,
  ciphertexts: readonly Uint8Array[],
): readonly Uint8Array[] {
  const id = concatBytes(
    text("HPKE"),
    ...[kemId, 0x0001, 0x0003].map((part) => number(part, 2)),
  );
  const context = concatBytes(
    Uint8Array.of(0),
    labeledExtract(id, none, "psk_id_hash", none),
    labeledExtract(id, none, "info_hash", welcomeInfo),
  );
  const prk = labeledExtract(id, secret, "secret", none);
  const key = labeledExpand(id, prk, "key", context, 32);
  const base = labeledExpand(id, prk, "base_nonce", context, 12);
  return ciphertexts.map((ciphertext, sequence) => {
    const counter = number(sequence, 12);
    const nonce = base.map((byte, i) => byte ^ (counter[i] ?? 0));
    return chacha20poly1305(key, nonce).decrypt(ciphertext);
  });
}
