import type { AesGcm } from "./aes/aes-gcm.js";
import { createAesGcm } from "./aes/create.js";
import { ByteReader } from "./byte-reader.js";
import { checkLimit, EncryptionCodecError } from "./errors.js";
import { archiveFormat, formatBytes } from "./format.js";
import { checkArchiveKey } from "./key.js";
import { defaultLimits, type Limits } from "./limits.js";
import { openXmtpV0 } from "./xmtp-v0/open.js";

export interface OpenArchiveOptions {
  /** The archive's key: exactly 32 bytes. It is read before `openArchive` returns. */
  readonly key: Uint8Array;
  /** What is not given is as in `defaultLimits`. */
  readonly limits?: Partial<Limits>;
  /** Reads legacy xmtp-v0 archives, whose records share one nonce; by default they are refused. */
  readonly allowRepeatedNonce?: boolean;
  readonly signal?: AbortSignal;
}

/**
 * Opens an archive of any format, frame by frame. A frame that is given was authentic, but only the end of the loop
 * says that none is missing. Leaving the loop, an error or an abort cancels `bytes`.
 *
 * Throws `invalid-key` at once, and `EncryptionCodecError` of any other code, the signal's reason or the stream's own
 * error while iterating.
 */
export function openArchive(
  bytes: ReadableStream<Uint8Array>,
  options: OpenArchiveOptions,
): AsyncGenerator<Uint8Array, void, undefined> {
  checkArchiveKey(options.key);
  const cipher = createAesGcm(options.key);
  // It is awaited when the first frame is asked for, which may be never.
  cipher.catch(() => {});
  return openFrames(bytes, cipher, options);
}

async function* openFrames(
  bytes: ReadableStream<Uint8Array>,
  cipher: Promise<AesGcm>,
  { limits: given, allowRepeatedNonce = false, signal }: OpenArchiveOptions,
): AsyncGenerator<Uint8Array, void, undefined> {
  const limits: Limits = { ...defaultLimits, ...given };
  const archive = new ByteReader(
    sealedChunks(bytes, limits.maxArchiveBytes, signal),
    "the archive",
  );
  const aes = await cipher;
  try {
    const first = await archive.read(formatBytes, "format");
    if (archiveFormat(first) !== "xmtp-v0") {
      throw new EncryptionCodecError(
        "unknown-format",
        "expected an archive, got other first bytes",
      );
    }
    const frames = openXmtpV0(archive, aes, { limits, allowRepeatedNonce });
    for await (const frame of frames) {
      // A chunk may hold many frames: an abort is not left until it is used up.
      signal?.throwIfAborted();
      yield frame;
    }
  } finally {
    aes.close();
    await archive.close();
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
