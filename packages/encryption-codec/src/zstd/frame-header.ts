import type { ByteReader } from "../byte-reader.js";
import { checkLimit, EncryptionCodecError } from "../errors.js";

/** The header of a zstd frame. */
export interface FrameHeader {
  readonly windowBytes: number;
  /** Bytes that the frame inflates to, if it says so. */
  readonly contentBytes: bigint | undefined;
  /** Bytes of the checksum after the last block. */
  readonly checksumBytes: number;
}

/** RFC 8878 section 3.1.1: 0xFD2FB528, little-endian. */
export const frameMagic: readonly number[] = [0x28, 0xb5, 0x2f, 0xfd];

const contentSizeBytes = [0, 2, 4, 8] as const;

/**
 * Reads a frame's magic number and header (RFC 8878 section 3.1.1.1). Throws `trailing-data` for bytes that start no
 * zstd frame after another one, `limit-exceeded` for a window over the limit, `invalid-zstd` for what archives never use.
 */
export async function readFrameHeader(
  archive: ByteReader,
  options: { readonly first: boolean; readonly maxWindowBytes: number },
): Promise<FrameHeader> {
  await readMagic(archive, options.first);
  const position = archive.position;
  const descriptor = await readNumber(archive, 1);
  const singleSegment = (descriptor & 0x20) !== 0;
  if ((descriptor & 0x08) !== 0 || (descriptor & 0x03) !== 0) {
    throw new EncryptionCodecError(
      "invalid-zstd",
      `zstd frame header at ${position}: expected no reserved bit and no dictionary`,
    );
  }
  const windowDescriptor = singleSegment ? 0 : await readNumber(archive, 1);
  const sizeBytes =
    contentSizeBytes[descriptor >> 6] || (singleSegment ? 1 : 0);
  const contentBytes =
    sizeBytes === 0 ? undefined : await readContentSize(archive, sizeBytes);
  const windowBytes =
    singleSegment && contentBytes !== undefined
      ? contentBytes
      : BigInt(windowSize(windowDescriptor));
  checkLimit("zstd window in bytes", windowBytes, options.maxWindowBytes);
  return {
    windowBytes: Number(windowBytes),
    contentBytes,
    checksumBytes: (descriptor & 0x04) === 0 ? 0 : 4,
  };
}

/** RFC 8878 section 3.1.1.1.2. */
export function windowSize(descriptor: number): number {
  const base = 2 ** (10 + (descriptor >> 3));
  return base + (base / 8) * (descriptor & 7);
}

async function readMagic(archive: ByteReader, first: boolean): Promise<void> {
  const position = archive.position;
  for (const [index, expected] of frameMagic.entries()) {
    const actual = await readNumber(archive, 1);
    if (actual === expected) continue;
    // RFC 8878 section 3.1.2: 0x184D2A50 to 0x184D2A5F, little-endian.
    const skippable = index === 0 && actual >> 4 === 5;
    throw new EncryptionCodecError(
      first || skippable ? "invalid-zstd" : "trailing-data",
      `expected a zstd frame at ${position}, got other bytes`,
    );
  }
}

async function readContentSize(
  archive: ByteReader,
  length: number,
): Promise<bigint> {
  const bytes = await archive.read(length, "zstd content size");
  const size = bytes.reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
  // RFC 8878 section 3.1.1.1.4: two bytes hold the sizes from 256 on.
  return length === 2 ? size + 256n : size;
}

async function readNumber(archive: ByteReader, length: 1): Promise<number> {
  const [byte = 0] = await archive.read(length, "zstd frame header");
  return byte;
}
