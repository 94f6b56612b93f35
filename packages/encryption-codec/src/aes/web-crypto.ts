import type { AesGcm } from "./aes-gcm.js";

const name = "AES-GCM";

/** Has read the key when it returns, before the promise is settled. */
export async function webCryptoAesGcm(
  subtle: SubtleCrypto,
  key: Uint8Array,
): Promise<AesGcm> {
  const secret = await subtle.importKey("raw", unshared(key), name, false, [
    "encrypt",
    "decrypt",
  ]);
  return {
    async seal(nonce, plaintext) {
      const iv = unshared(nonce);
      return new Uint8Array(
        await subtle.encrypt({ name, iv }, secret, unshared(plaintext)),
      );
    },
    async open(nonce, ciphertext) {
      const iv = unshared(nonce);
      try {
        return new Uint8Array(
          await subtle.decrypt({ name, iv }, secret, unshared(ciphertext)),
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

/** WebCrypto refuses views of shared memory. */
function unshared(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return bytes.buffer instanceof ArrayBuffer
    ? (bytes as Uint8Array<ArrayBuffer>)
    : Uint8Array.from(bytes);
}
