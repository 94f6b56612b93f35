import { chunksOf, concatBytes, streamOf } from "@history-sync/primitives";
import { nativeZlib } from "#native-zlib";
import { ByteReader } from "../byte-reader.js";
import { EncryptionCodecError } from "../errors.js";
import { defaultCodecLimits } from "../limits.js";
import { blockHeaderBytes, decodeBlockHeader } from "../zstd/block-header.js";
import { readFrameHeader } from "../zstd/frame-header.js";
import { inflate } from "../zstd/inflate.js";
import type { Suite } from "./layout.js";
import { onlyChunk } from "./streams.js";

export type Compress = (
  content: Uint8Array,
) => Uint8Array | PromiseLike<Uint8Array>;

/** Deflate inflates at most 1,032 times: so little at once that no bomb is felt before it is counted. */
const deflateSliceBytes = 8_192;

/** The best suite that this platform writes: zstd where it has it (Node.js 22.15 and later), else deflate. */
export function defaultSuite(): Suite {
  return nativeZlib?.zstd ? "zstd" : "deflate";
}

/** The compressor of a suite; throws `unsupported-suite` where the platform has none. */
export function compressor(suite: Suite): Compress {
  if (suite === "deflate") return nativeZlib?.deflate ?? deflateInBrowser;
  if (nativeZlib?.zstd) return nativeZlib.zstd.compress;
  throw new EncryptionCodecError(
    "unsupported-suite",
    'this platform writes no zstd: expected suite "deflate"',
  );
}

/**
 * Inflates to exactly `contentBytes`, which the caller has checked; never makes much more than that.
 * Throws `invalid-page` for anything that isn't one whole compressed stream of that content.
 */
export async function decompress(
  suite: Suite,
  compressed: Uint8Array,
  contentBytes: number,
  where: string,
): Promise<Uint8Array> {
  try {
    const content =
      suite === "zstd"
        ? await inflateZstd(compressed, contentBytes)
        : await inflateDeflate(compressed, contentBytes);
    if (content.length === contentBytes) return plain(content);
  } catch (cause) {
    throw new EncryptionCodecError(
      "invalid-page",
      `content of ${where}: expected one ${suite} stream of ${contentBytes} bytes in ${compressed.length}`,
      { cause },
    );
  }
  throw new EncryptionCodecError(
    "invalid-page",
    `content of ${where}: expected ${contentBytes} bytes, got fewer`,
  );
}

async function inflateZstd(
  compressed: Uint8Array,
  contentBytes: number,
): Promise<Uint8Array> {
  await checkOneFrame(compressed, contentBytes);
  return nativeZlib?.zstd
    ? nativeZlib.zstd.decompress(compressed, Math.max(1, contentBytes))
    : inflateZstdInBrowser(compressed, contentBytes);
}

/** By our own decoder, block by block; the caller has checked that it is one frame of this content size. */
export async function inflateZstdInBrowser(
  compressed: Uint8Array,
  contentBytes: number,
): Promise<Uint8Array> {
  const reader = new ByteReader(onlyChunk(compressed), "the page");
  const limits = {
    ...defaultCodecLimits,
    maxInflatedBytes: contentBytes,
    // It was compared with the page's whole length, which has its padding in it.
    maxInflationRatio: Number.POSITIVE_INFINITY,
  };
  const content = new Uint8Array(contentBytes);
  let at = 0;
  for await (const block of inflate(reader, limits, undefined)) {
    content.set(block, at);
    at += block.length;
  }
  return content.subarray(0, at);
}

/** One zstd frame that says its size (RFC 8878 section 3.1.1), without a checksum, and nothing after it. */
async function checkOneFrame(
  compressed: Uint8Array,
  contentBytes: number,
): Promise<void> {
  const reader = new ByteReader(onlyChunk(compressed), "the page");
  const { maxWindowBytes } = defaultCodecLimits;
  const frame = await readFrameHeader(reader, { first: true, maxWindowBytes });
  if (frame.contentBytes !== BigInt(contentBytes)) {
    throw new EncryptionCodecError(
      "invalid-zstd",
      `zstd frame: expected a content size of ${contentBytes}, got ${frame.contentBytes ?? "none"}`,
    );
  }
  let at = reader.offset;
  for (let last = false; !last && at < compressed.length; ) {
    const header = decodeBlockHeader(compressed.subarray(at), `offset ${at}`);
    at += blockHeaderBytes + (header.type === "rle" ? 1 : header.size);
    last = header.last;
  }
  // A page has its own, stronger tag.
  if (frame.checksumBytes !== 0 || at !== compressed.length) {
    throw new EncryptionCodecError(
      "invalid-zstd",
      `zstd frame: expected ${compressed.length} bytes without a checksum, got ${at} and ${frame.checksumBytes} of checksum`,
    );
  }
}

async function inflateDeflate(
  compressed: Uint8Array,
  contentBytes: number,
): Promise<Uint8Array> {
  if (!nativeZlib) return inflateDeflateInBrowser(compressed, contentBytes);
  const { content, usedBytes } = nativeZlib.inflate(
    compressed,
    Math.max(1, contentBytes),
  );
  if (usedBytes !== compressed.length) {
    throw new EncryptionCodecError(
      "invalid-page",
      `deflate stream: expected ${compressed.length} bytes, got ${usedBytes}`,
    );
  }
  return content;
}

async function inflateDeflateInBrowser(
  compressed: Uint8Array,
  contentBytes: number,
): Promise<Uint8Array> {
  const inflated = streamOf(slices(compressed)).pipeThrough(
    new DecompressionStream("deflate-raw") as ByteTransform,
  );
  const content = new Uint8Array(contentBytes);
  let at = 0;
  for await (const chunk of chunksOf(inflated)) {
    // Throws a RangeError past the end.
    content.set(chunk, at);
    at += chunk.length;
  }
  return content.subarray(0, at);
}

async function deflateInBrowser(content: Uint8Array): Promise<Uint8Array> {
  const deflated = streamOf([content]).pipeThrough(
    new CompressionStream("deflate-raw") as ByteTransform,
  );
  const parts: Uint8Array[] = [];
  for await (const chunk of chunksOf(deflated)) parts.push(chunk);
  return concatBytes(...parts);
}

/** Without what Node's Buffer adds to it. */
function plain({ buffer, byteOffset, length }: Uint8Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, length);
}

type ByteTransform = TransformStream<Uint8Array, Uint8Array>;

function* slices(bytes: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += deflateSliceBytes) {
    yield bytes.subarray(at, at + deflateSliceBytes);
  }
}
