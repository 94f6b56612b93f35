import { ed25519 } from "@noble/curves/ed25519.js";
import {
  type CiphersuiteImpl,
  getCiphersuiteFromName,
  getCiphersuiteImpl,
} from "./ts-mls.js";

/** Suite 3 of RFC 9420 section 17.1, on WebCrypto and noble; `ciphersuite-node.ts` stands in for this file in Node. */
export function openCiphersuite(): Promise<CiphersuiteImpl> {
  return getCiphersuiteImpl(
    getCiphersuiteFromName(
      "MLS_128_DHKEMX25519_CHACHA20POLY1305_SHA256_Ed25519",
    ),
  );
}

/** The Ed25519 public key of a seed, 32 bytes each. */
export function signaturePublicKey(seed: Uint8Array): Uint8Array {
  return ed25519.getPublicKey(seed);
}
