import { concatBytes } from "@history-sync/primitives";
import { ed25519 } from "@noble/curves/ed25519.js";
import type { CiphersuiteImpl } from "../ts-mls.js";

type Signature = CiphersuiteImpl["signature"];

const algorithm = "Ed25519";

/** The DER frame of a seed (RFC 8410 section 7). WebCrypto accepts no private key without it. */
const frame = Uint8Array.of(
  ...[0x30, 46, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 34, 4, 32],
);

/** Ed25519 by WebCrypto, or by noble in browsers without it. */
export async function portableSignature(): Promise<Signature> {
  const { secretKey, publicKey } = ed25519.keygen();
  try {
    await verifyingKey(publicKey);
    await signingKey(secretKey);
    return webCrypto;
  } catch {
    return noble;
  }
}

const webCrypto: Signature = {
  async sign(seed, message) {
    const key = await signingKey(seed);
    const signature = await crypto.subtle.sign(
      algorithm,
      key,
      message as BufferSource,
    );
    return new Uint8Array(signature);
  },
  async verify(publicKey, message, signature) {
    return crypto.subtle.verify(
      algorithm,
      await verifyingKey(publicKey),
      signature as BufferSource,
      message as BufferSource,
    );
  },
  keygen,
};

const noble: Signature = {
  async sign(seed, message) {
    return ed25519.sign(message, seed);
  },
  async verify(publicKey, message, signature) {
    // Is as strict as WebCrypto and OpenSSL, so that all members agree about a commit.
    return ed25519.verify(signature, message, publicKey, { zip215: false });
  },
  keygen,
};

async function keygen() {
  const { secretKey, publicKey } = ed25519.keygen();
  return { signKey: secretKey, publicKey };
}

async function signingKey(seed: Uint8Array): Promise<CryptoKey> {
  const der = concatBytes(frame, seed);
  try {
    return await crypto.subtle.importKey(
      "pkcs8",
      der as BufferSource,
      algorithm,
      false,
      ["sign"],
    );
  } finally {
    der.fill(0);
  }
}

function verifyingKey(raw: Uint8Array): Promise<CryptoKey> {
  return crypto.subtle.importKey("raw", raw as BufferSource, algorithm, false, [
    "verify",
  ]);
}
