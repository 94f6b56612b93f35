import { EncryptionCodecError } from "../errors.js";

export interface BlockHeader {
  readonly last: boolean;
  readonly type: "raw" | "rle" | "compressed";
  /** Bytes of content: as stored for raw and compressed blocks, as inflated for RLE blocks. */
  readonly size: number;
}

/** RFC 8878 section 3.1.1.2. */
export const blockHeaderBytes = 3;
/** RFC 8878 section 3.1.1.2.4: no block inflates to more, whatever the window. */
export const maxBlockBytes = 131_072;

const types = ["raw", "rle", "compressed"] as const;

export function encodeBlockHeader(header: BlockHeader): Uint8Array {
  const word =
    (header.size << 3) |
    (types.indexOf(header.type) << 1) |
    (header.last ? 1 : 0);
  return Uint8Array.of(word & 0xff, (word >> 8) & 0xff, word >> 16);
}

/** Throws `invalid-zstd` for the reserved type. `position` is for the message. */
export function decodeBlockHeader(
  bytes: Uint8Array,
  position: string,
): BlockHeader {
  const [low = 0, middle = 0, high = 0] = bytes;
  const word = low | (middle << 8) | (high << 16);
  const type = types[(word >> 1) & 3];
  if (type === undefined) {
    throw new EncryptionCodecError(
      "invalid-zstd",
      `block at ${position}: expected a type of 0 to 2, got 3`,
    );
  }
  return { last: (word & 1) === 1, type, size: word >> 3 };
}
