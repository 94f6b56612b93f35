/// <reference types="node" />
import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createHmac,
  createSecretKey,
  type KeyObject,
} from "node:crypto";
import { concatBytes } from "@history-sync/primitives";
import { MlsGroupError } from "../../errors.js";

/** Nh of SHA-256. */
export const hashBytes = 32;
/** Nk and Nn of ChaCha20-Poly1305. */
export const aeadKeyBytes = 32;
export const aeadNonceBytes = 12;

const aead = "chacha20-poly1305";
const tagBytes = 16;

// Keys are passed to Node.js as key objects: it rejects other bytes by an exception, which takes 15 µs.

export function sha256(data: Uint8Array): Uint8Array {
  return bytesOf(createHash("sha256").update(data).digest());
}

export function hmac(
  key: Uint8Array,
  ...data: readonly Uint8Array[]
): Uint8Array {
  return hmacOf(createSecretKey(key), data);
}

function hmacOf(key: KeyObject, data: readonly Uint8Array[]): Uint8Array {
  const mac = createHmac("sha256", key);
  for (const part of data) mac.update(part);
  return bytesOf(mac.digest());
}

/** Computes HKDF-Expand (RFC 5869 section 2.3). */
export function expand(
  prk: Uint8Array,
  info: Uint8Array,
  length: number,
): Uint8Array {
  const key = createSecretKey(prk);
  const blocks: Uint8Array[] = [];
  let last = new Uint8Array();
  for (let i = 1; blocks.length * hashBytes < length; i++) {
    const data = [last, info, Uint8Array.of(i)];
    last = hmacOf(key, data) as Uint8Array<ArrayBuffer>;
    blocks.push(last);
  }
  return concatBytes(...blocks).subarray(0, length);
}

export function sealAead(
  key: Uint8Array,
  nonce: Uint8Array,
  associatedData: Uint8Array,
  plaintext: Uint8Array,
): Uint8Array {
  const cipher = createCipheriv(aead, createSecretKey(key), nonce, {
    authTagLength: tagBytes,
  });
  cipher.setAAD(associatedData, { plaintextLength: plaintext.length });
  const body = cipher.update(plaintext);
  return concatBytes(body, cipher.final(), cipher.getAuthTag());
}

export function openAead(
  key: Uint8Array,
  nonce: Uint8Array,
  associatedData: Uint8Array,
  ciphertext: Uint8Array,
): Uint8Array {
  const plaintextLength = ciphertext.length - tagBytes;
  if (plaintextLength < 0) {
    throw new MlsGroupError(
      "undecryptable",
      `expected a ciphertext of ${tagBytes} bytes at least, got ${ciphertext.length}`,
    );
  }
  const decipher = createDecipheriv(aead, createSecretKey(key), nonce, {
    authTagLength: tagBytes,
  });
  decipher.setAAD(associatedData, { plaintextLength });
  decipher.setAuthTag(ciphertext.subarray(plaintextLength));
  const body = decipher.update(ciphertext.subarray(0, plaintextLength));
  return concatBytes(body, decipher.final());
}

/** Copies the bytes, which Buffer's own `slice` doesn't. */
function bytesOf(buffer: Buffer): Uint8Array {
  return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.length);
}
