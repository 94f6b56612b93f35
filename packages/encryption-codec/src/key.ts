import { type RandomBytes, systemRandomBytes } from "@history-sync/primitives";
import { EncryptionCodecError } from "./errors.js";

/** AES-256. */
export const archiveKeyBytes = 32;

/**
 * A fresh key for one archive. Wipe it when it was handed on.
 *
 * @example
 * ```ts
 * import { generateArchiveKey } from "@history-sync/encryption-codec";
 *
 * const key = generateArchiveKey(); // 32 bytes, for one archive
 * ```
 */
export function generateArchiveKey(
  randomBytes: RandomBytes = systemRandomBytes,
): Uint8Array<ArrayBuffer> {
  return randomExactly(randomBytes, archiveKeyBytes);
}

/** Throws `invalid-key` unless the key has exactly 32 bytes; a longer one is never cut. */
export function checkArchiveKey(key: Uint8Array): void {
  if (!(key instanceof Uint8Array) || key.length !== archiveKeyBytes) {
    throw new EncryptionCodecError(
      "invalid-key",
      `expected ${archiveKeyBytes} bytes, got ${key instanceof Uint8Array ? key.length : typeof key}`,
    );
  }
}

/** A source that gives too few bytes would make weak keys and nonces. */
export function randomExactly(
  randomBytes: RandomBytes,
  length: number,
): Uint8Array<ArrayBuffer> {
  const bytes = randomBytes(length);
  if (bytes.length !== length) {
    throw new EncryptionCodecError(
      "invalid-random",
      `expected ${length} random bytes, got ${bytes.length}`,
    );
  }
  return bytes;
}
