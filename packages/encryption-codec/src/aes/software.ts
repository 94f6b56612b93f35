import { wipe } from "@history-sync/primitives";
import { gcm } from "@noble/ciphers/aes.js";
import type { AesGcm } from "./aes-gcm.js";

/** For pages without WebCrypto, which browsers leave out of insecure contexts. */
export function softwareAesGcm(
  key: Uint8Array,
  associatedData: Uint8Array,
): AesGcm {
  const secret = Uint8Array.from(key);
  return {
    async seal(nonce, plaintext) {
      return gcm(secret, nonce, associatedData).encrypt(plaintext);
    },
    async open(nonce, ciphertext) {
      try {
        return gcm(secret, nonce, associatedData).decrypt(ciphertext);
      } catch {
        return undefined;
      }
    },
    close() {
      wipe(secret);
    },
  };
}
