import type { ByteReader } from "../byte-reader.js";
import { checkLimit, EncryptionCodecError } from "../errors.js";
import type { CodecLimits } from "../limits.js";
import {
  type BlockHeader,
  blockHeaderBytes,
  decodeBlockHeader,
} from "./block-header.js";
import { type FrameHeader, readFrameHeader } from "./frame-header.js";
import { FrameInflater } from "./frame-inflater.js";
import type { StartNativeInflater } from "./native.js";

/**
 * Inflates zstd frames until the archive ends, block by block: nothing is held but one block and the window, a cut is
 * found wherever it is, and no block is inflated past a limit. A block is at most 128 KiB. `startNative` is the platform's
 * zstd, where it has one.
 */
export async function* inflate(
  archive: ByteReader,
  limits: CodecLimits,
  startNative: StartNativeInflater | undefined,
): AsyncGenerator<Uint8Array, void, undefined> {
  const start = archive.offset;
  let inflatedBytes = 0;
  let first = true;
  do {
    const { maxWindowBytes } = limits;
    const header = await readFrameHeader(archive, { first, maxWindowBytes });
    first = false;
    for await (const block of inflateFrame(archive, header, startNative)) {
      inflatedBytes += block.length;
      checkLimit("inflated bytes", inflatedBytes, limits.maxInflatedBytes);
      checkLimit(
        "inflated bytes for each sealed byte",
        Math.ceil(inflatedBytes / (archive.offset - start)),
        limits.maxInflationRatio,
      );
      yield block;
    }
  } while (!(await archive.atEnd()));
}

async function* inflateFrame(
  archive: ByteReader,
  frame: FrameHeader,
  startNative: StartNativeInflater | undefined,
): AsyncGenerator<Uint8Array, void, undefined> {
  const inflater = new FrameInflater(frame.windowBytes, startNative);
  let inflatedBytes = 0n;
  try {
    for (let last = false; !last; ) {
      const position = archive.position;
      const header = decodeBlockHeader(
        await archive.read(blockHeaderBytes, "zstd block header"),
        position,
      );
      if (header.size > inflater.maxBytes) {
        throw new EncryptionCodecError(
          "invalid-zstd",
          `${header.type} block at ${position}: expected at most ${inflater.maxBytes} bytes, got ${header.size}`,
        );
      }
      const body = await archive.read(
        header.type === "rle" ? 1 : header.size,
        "zstd block",
      );
      const block = await inflateBlock(inflater, header, body, position);
      inflatedBytes += BigInt(block.length);
      last = header.last;
      yield block;
    }
  } finally {
    inflater.close();
  }
  if (
    frame.contentBytes !== undefined &&
    frame.contentBytes !== inflatedBytes
  ) {
    throw new EncryptionCodecError(
      "invalid-zstd",
      `zstd frame before ${archive.position}: expected ${frame.contentBytes} inflated bytes, got ${inflatedBytes}`,
    );
  }
  // Not compared: every record has its own tag, and that one can't be forged.
  await archive.read(frame.checksumBytes, "zstd checksum");
}

async function inflateBlock(
  inflater: FrameInflater,
  header: BlockHeader,
  body: Uint8Array,
  position: string,
): Promise<Uint8Array> {
  try {
    return await inflater.inflate(header, body);
  } catch (cause) {
    throw new EncryptionCodecError(
      "invalid-zstd",
      `${header.type} block of ${body.length} bytes at ${position} does not inflate`,
      { cause },
    );
  }
}
