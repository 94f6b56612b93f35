import { concatBytes } from "@history-sync/primitives";
import { MlsGroupError } from "../errors.js";

// A vector with its length before it (RFC 9420 section 2.1.2): 1 byte up to 63, 2 bytes up to 16,383.
const maxShortLength = 0x3f;
const maxLength = 0x3fff;
const twoByteLength = 0x40;

/** At most 16,383 bytes with their length before them; throws `invalid-group-data` for more. */
export function encodeVector(data: Uint8Array): Uint8Array<ArrayBuffer> {
  const { length } = data;
  if (length > maxLength) {
    throw new MlsGroupError(
      "invalid-group-data",
      `expected at most ${maxLength} bytes for a vector, got ${length}`,
    );
  }
  const prefix =
    length <= maxShortLength
      ? [length]
      : [twoByteLength | (length >> 8), length & 0xff];
  return concatBytes(Uint8Array.from(prefix), data);
}

/** What `encodeVector` wrote, and nothing after it; throws `invalid-group-data`. */
export function decodeVector(bytes: Uint8Array): Uint8Array {
  const [first = 0, second = 0] = bytes;
  const [start, length] =
    first <= maxShortLength
      ? [1, first]
      : [2, ((first ^ twoByteLength) << 8) | second];
  if (bytes.length === start + length) return bytes.subarray(start);
  throw new MlsGroupError(
    "invalid-group-data",
    `expected ${start + length} bytes of a vector, got ${bytes.length}`,
  );
}
