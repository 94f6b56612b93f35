import { concatBytes } from "@history-sync/primitives";
import { WireReader } from "./reader.js";

// The bits of four bytes that the two bits before a length leave.
const maxVectorBytes = 2 ** 30 - 1;

/**
 * Encodes `opaque value<V>`: the length in as few bytes as it needs, and the bytes.
 *
 * @throws {RangeError} for 2^30 bytes or more.
 * @see RFC 9420 section 2.1.2
 */
export function encodeVector(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const { length } = bytes;
  if (length > maxVectorBytes) {
    throw new RangeError(
      `expected at most ${maxVectorBytes} bytes in a vector, got ${length}`,
    );
  }
  const prefix = new Uint8Array(length < 0x40 ? 1 : length < 0x4000 ? 2 : 4);
  let rest = length;
  for (let i = prefix.length - 1; i >= 0; i--) {
    prefix[i] = rest & 0xff;
    rest >>>= 8;
  }
  prefix[0] = (prefix[0] ?? 0) | ((prefix.length >> 1) << 6);
  return concatBytes(prefix, bytes);
}

/** Encodes a vector of 16-bit numbers. */
export function encodeUint16Vector(
  values: readonly number[],
): Uint8Array<ArrayBuffer> {
  return encodeVector(
    Uint8Array.from(values.flatMap((value) => [value >> 8, value & 0xff])),
  );
}

/**
 * Returns the content of bytes that are one vector and nothing else.
 *
 * @throws {WireError} for other bytes.
 */
export function decodeVector(bytes: Uint8Array): Uint8Array {
  const reader = new WireReader(bytes);
  const content = reader.vector();
  reader.end();
  return content;
}
