import { Chacha20Poly1305 } from "@hpke/chacha20poly1305";
import { CipherSuite, DhkemX25519HkdfSha256, HkdfSha256 } from "@hpke/core";
import { chacha20poly1305 } from "@noble/ciphers/chacha.js";
import { ed25519 } from "@noble/curves/ed25519.js";
import {
  type CiphersuiteImpl,
  makeGenericHpke,
  makeHashImpl,
  makeKdfImpl,
} from "../ts-mls.js";
import { portableSignature } from "./portable-signature.js";

/** Suite 3 of RFC 9420 section 17.1, on WebCrypto and noble. In Node.js, `ciphersuite-node.ts` replaces this file. */
export async function openCiphersuite(): Promise<CiphersuiteImpl> {
  return {
    name: "MLS_128_DHKEMX25519_CHACHA20POLY1305_SHA256_Ed25519",
    hash: makeHashImpl(crypto.subtle, "SHA-256"),
    kdf: makeKdfImpl(new HkdfSha256()),
    hpke: await makeGenericHpke(
      {
        kem: "DHKEM-X25519-HKDF-SHA256",
        kdf: "HKDF-SHA256",
        aead: "CHACHA20POLY1305",
      },
      {
        encrypt: async (key, nonce, aad, plaintext) =>
          chacha20poly1305(key, nonce, aad).encrypt(plaintext),
        decrypt: async (key, nonce, aad, ciphertext) =>
          chacha20poly1305(key, nonce, aad).decrypt(ciphertext),
      },
      new CipherSuite({
        kem: new DhkemX25519HkdfSha256(),
        kdf: new HkdfSha256(),
        aead: new Chacha20Poly1305(),
      }),
    ),
    signature: await portableSignature(),
    rng: {
      randomBytes: (size) => crypto.getRandomValues(new Uint8Array(size)),
    },
  };
}

/** Returns the Ed25519 public key of a seed, 32 bytes each. */
export function signaturePublicKey(seed: Uint8Array): Uint8Array {
  return ed25519.getPublicKey(seed);
}
