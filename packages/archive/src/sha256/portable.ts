import { sha256 } from "@noble/hashes/sha2.js";

/** Returns the eight words of a hash, the first one first. */
export type Sha256Words = (bytes: Uint8Array) => Uint32Array;

/** WebCrypto would need a round trip for every message. Node.js uses `native.ts` instead of this file. */
export const sha256Words: Sha256Words = (bytes) => {
  const view = new DataView(sha256(bytes).buffer);
  return Uint32Array.from({ length: 8 }, (_, i) => view.getUint32(4 * i));
};
