import { EncryptionCodecError } from "../errors.js";

// archive    = version nonce zstd( record* )
// version    = u16 little-endian, 0
// nonce      = 12 random bytes
// record     = length ciphertext
// length     = u32 little-endian, bytes of ciphertext
// ciphertext = AES-256-GCM of one frame, with its tag

/** The version 0, little-endian: it also tells the format. */
export const version: Uint8Array = Uint8Array.of(0, 0);
export const nonceBytes = 12;
export const recordLengthBytes = 4;

/** A record's length as it is written. */
export function encodeRecordLength(ciphertextBytes: number): Uint8Array {
  const bytes = new Uint8Array(recordLengthBytes);
  new DataView(bytes.buffer).setUint32(0, ciphertextBytes, true);
  return bytes;
}

/** The length in the first four of these bytes. */
export function decodeRecordLength(bytes: Uint8Array): number {
  if (bytes.length < recordLengthBytes) {
    throw new EncryptionCodecError(
      "truncated",
      `record length: expected ${recordLengthBytes} bytes, got ${bytes.length}`,
    );
  }
  return new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
}
