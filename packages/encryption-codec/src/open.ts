import { wipe } from "@history-sync/primitives";
import { createAesGcm } from "./aes/create.js";
import { ByteReader } from "./byte-reader.js";
import { checkLimit, EncryptionCodecError } from "./errors.js";
import { archiveFormat, formatBytes } from "./format.js";
import { checkArchiveKey } from "./key.js";
import { type CodecLimits, defaultCodecLimits } from "./limits.js";
import {
  type ArchiveCursor,
  type ArchivePage,
  type ExpectedArchive,
  readPages,
} from "./paged-v1/open.js";
import { openXmtpV0 } from "./xmtp-v0/open.js";

/** How an archive is opened from its start. */
export interface OpenArchiveOptions {
  /** The archive's key: exactly 32 bytes. It is read before the call returns. */
  readonly key: Uint8Array;
  /** CodecLimits that replace those of `defaultCodecLimits`. Frames and inflated bytes are counted from the start of the call. */
  readonly limits?: Partial<CodecLimits>;
  /** Reads legacy xmtp-v0 archives, in which all records have one nonce. By default they are refused. */
  readonly allowRepeatedNonce?: boolean;
  /** Of a paged-v1 archive: the bytes start at this cursor's offset instead of at the archive's start. */
  readonly from?: ArchiveCursor | undefined;
  /** Of a paged-v1 archive: what was announced of it; anything else is refused. */
  readonly expected?: ExpectedArchive | undefined;
  readonly signal?: AbortSignal;
}

/**
 * Opens an archive of any format, frame by frame. A frame that is given was authentic, but only the end of the loop
 * says that none is missing. Leaving the loop, an error or an abort cancels `bytes`.
 *
 * @throws {EncryptionCodecError} `invalid-key` at once, and any other code while iterating; also the signal's reason and
 *   the stream's own error
 */
export function openArchive(
  bytes: ReadableStream<Uint8Array>,
  options: OpenArchiveOptions,
): AsyncGenerator<Uint8Array, void, undefined> {
  return framesOf(openArchivePages(bytes, options), options.signal);
}

/**
 * The same, with as many frames at a time as belong together: a page of a paged-v1 archive, after which reading can be
 * resumed, or some records of an xmtp-v0 archive, which can't.
 *
 * @example
 * ```ts
 * import { encodeCursor, openArchivePages } from "@history-sync/encryption-codec";
 *
 * export async function* pagesWithCursors(
 *   archive: ReadableStream<Uint8Array>,
 *   key: Uint8Array,
 * ) {
 *   for await (const { frames, next } of openArchivePages(archive, { key })) {
 *     yield { frames, cursor: next && encodeCursor(next) };
 *   }
 * }
 * ```
 */
export function openArchivePages(
  bytes: ReadableStream<Uint8Array>,
  options: OpenArchiveOptions,
): AsyncGenerator<ArchivePage, void, undefined> {
  checkArchiveKey(options.key);
  return openPages(bytes, Uint8Array.from(options.key), options);
}

async function* framesOf(
  pages: AsyncIterable<ArchivePage>,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array, void, undefined> {
  for await (const { frames } of pages) {
    for (const frame of frames) {
      // A page holds many frames: an abort is not left until it is used up.
      signal?.throwIfAborted();
      yield frame;
    }
  }
}

async function* openPages(
  bytes: ReadableStream<Uint8Array>,
  key: Uint8Array,
  options: OpenArchiveOptions,
): AsyncGenerator<ArchivePage, void, undefined> {
  const { from, expected, signal } = options;
  const limits: CodecLimits = { ...defaultCodecLimits, ...options.limits };
  const archive = new ByteReader(
    sealedChunks(bytes, limits.maxArchiveBytes, signal),
    from ? `the archive from byte ${from.offset} on` : "the archive",
  );
  try {
    if (from) {
      yield* readPages(archive, key, { from, expected, limits });
      return;
    }
    const first = (await archive.read(formatBytes, "format")).slice();
    switch (archiveFormat(first)) {
      case "xmtp-v0":
        refuseDowngrade(expected);
        yield* recordPages(archive, key, { ...options, limits });
        break;
      case "paged-v1":
        yield* readPages(archive, key, { first, expected, limits });
        break;
      default:
        throw new EncryptionCodecError(
          "unknown-format",
          "expected an archive, got other first bytes",
        );
    }
  } finally {
    wipe(key);
    await archive.close();
    // If nothing was read yet, closing the reader did not reach it.
    await bytes.cancel().catch(() => {});
  }
}

/** Refuses an archive in the format that authenticates less where pages were announced. */
function refuseDowngrade(expected: ExpectedArchive | undefined): void {
  if (!expected) return;
  throw new EncryptionCodecError(
    "unexpected-archive",
    "expected the announced paged-v1 archive, got an xmtp-v0 archive",
  );
}

async function* recordPages(
  archive: ByteReader,
  key: Uint8Array,
  {
    limits,
    allowRepeatedNonce = false,
  }: { readonly limits: CodecLimits; readonly allowRepeatedNonce?: boolean },
): AsyncGenerator<ArchivePage, void, undefined> {
  const aes = await createAesGcm(key);
  try {
    let page = 0;
    const options = { limits, allowRepeatedNonce };
    for await (const frames of openXmtpV0(archive, aes, options)) {
      yield { page, frames, final: false, next: undefined };
      page++;
    }
  } finally {
    aes.close();
  }
}

/** The stream's chunks; an abort ends a read that is under way. */
async function* sealedChunks(
  bytes: ReadableStream<Uint8Array>,
  maxBytes: number,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array, void, undefined> {
  const reader = bytes.getReader();
  const cancel = () => reader.cancel(signal?.reason).catch(() => {});
  signal?.addEventListener("abort", cancel, { once: true });
  let ended = false;
  let total = 0;
  try {
    while (true) {
      signal?.throwIfAborted();
      const { done, value } = await reader.read();
      signal?.throwIfAborted();
      if (done) {
        ended = true;
        return;
      }
      total += value.length;
      checkLimit("archive in bytes", total, maxBytes);
      yield value;
    }
  } finally {
    signal?.removeEventListener("abort", cancel);
    if (!ended) await cancel();
    reader.releaseLock();
  }
}
