import { unshared } from "../unshared.js";
import type { AesGcm } from "./aes-gcm.js";

const name = "AES-GCM";

/** Has read the key when it returns, before the promise is settled. */
export async function webCryptoAesGcm(
  subtle: SubtleCrypto,
  key: Uint8Array,
  associatedData: Uint8Array,
): Promise<AesGcm> {
  const secret = await subtle.importKey("raw", unshared(key), name, false, [
    "encrypt",
    "decrypt",
  ]);
  const parameters = (nonce: Uint8Array) => ({
    name,
    iv: unshared(nonce),
    additionalData: unshared(associatedData),
  });
  return {
    async seal(nonce, plaintext) {
      return new Uint8Array(
        await subtle.encrypt(parameters(nonce), secret, unshared(plaintext)),
      );
    },
    async open(nonce, ciphertext) {
      try {
        return new Uint8Array(
          await subtle.decrypt(parameters(nonce), secret, unshared(ciphertext)),
        );
      } catch (error) {
        // https://www.w3.org/TR/webcrypto/#aes-gcm-operations: so it says that the tag is wrong.
        if (error instanceof Error && error.name === "OperationError") {
          return undefined;
        }
        throw error;
      }
    },
    // The key is the platform's.
    close() {},
  };
}
