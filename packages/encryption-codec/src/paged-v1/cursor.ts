import { concatBytes } from "@history-sync/primitives";
import { EncryptionCodecError } from "../errors.js";
import { headerBytes } from "./layout.js";
import type { ArchiveCursor } from "./open.js";

const numberBytes = 8;
const cursorBytes = headerBytes + 2 * numberBytes;

/** A cursor as bytes, to be stored: the header, then page and offset in eight bytes each. */
export function encodeCursor({
  header,
  page,
  offset,
}: ArchiveCursor): Uint8Array<ArrayBuffer> {
  const numbers = new DataView(new ArrayBuffer(2 * numberBytes));
  numbers.setBigUint64(0, BigInt(page), true);
  numbers.setBigUint64(numberBytes, BigInt(offset), true);
  return concatBytes(header, new Uint8Array(numbers.buffer));
}

/** Throws `invalid-cursor` for bytes that `encodeCursor` didn't make. */
export function decodeCursor(bytes: Uint8Array): ArchiveCursor {
  if (bytes.length !== cursorBytes) {
    throw new EncryptionCodecError(
      "invalid-cursor",
      `expected ${cursorBytes} bytes, got ${bytes.length}`,
    );
  }
  const numbers = new DataView(
    bytes.buffer,
    bytes.byteOffset + headerBytes,
    2 * numberBytes,
  );
  return {
    header: bytes.slice(0, headerBytes),
    page: Number(numbers.getBigUint64(0, true)),
    offset: Number(numbers.getBigUint64(numberBytes, true)),
  };
}
