/**
 * AES-256-GCM with one key and one associated data, a 96-bit nonce, and a 16-byte tag at the end (NIST SP 800-38D).
 */
export interface AesGcm {
  seal(nonce: Uint8Array, plaintext: Uint8Array): Promise<Uint8Array>;
  /** Undefined if the ciphertext is not authentic under this key, associated data and nonce. It has at least a tag's length. */
  open(
    nonce: Uint8Array,
    ciphertext: Uint8Array,
  ): Promise<Uint8Array | undefined>;
  /** Zeroes this cipher's copy of the key, if it has one within reach. */
  close(): void;
}

export const tagBytes = 16;

/** A call of WebCrypto is a round trip: alone it takes about 95 µs, and a fifth of that when many are under way. */
export const maxCallsInFlight = 256;
