import { toHex } from "@history-sync/primitives";
import { sha256 } from "@noble/hashes/sha2.js";

/** A SHA-256 that is fed piece by piece; `digest` ends it. */
export interface Sha256 {
  update(bytes: Uint8Array): void;
  /** 64 lower-case hex digits. */
  digest(): string;
}

/** WebCrypto hashes whole messages only; `native.ts` replaces this file in Node.js. */
export function newSha256(): Sha256 {
  const hash = sha256.create();
  return {
    update: (bytes) => void hash.update(bytes),
    digest: () => toHex(hash.digest()),
  };
}
