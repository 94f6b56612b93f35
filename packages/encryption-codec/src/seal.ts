import {
  type RandomBytes,
  streamOf,
  systemRandomBytes,
} from "@history-sync/primitives";
import type { AesGcm } from "./aes/aes-gcm.js";
import { createAesGcm } from "./aes/create.js";
import type { ArchiveFormat } from "./format.js";
import { checkArchiveKey, randomExactly } from "./key.js";
import { nonceBytes } from "./xmtp-v0/layout.js";
import { sealedSizeXmtpV0, sealXmtpV0 } from "./xmtp-v0/seal.js";

export interface SealArchiveOptions {
  /** Exactly 32 bytes, made for this archive alone. It is read before `sealArchive` returns. */
  readonly key: Uint8Array;
  /** By default "xmtp-v0". */
  readonly format?: ArchiveFormat;
  /** Where the nonce comes from; the system by default. */
  readonly randomBytes?: RandomBytes;
  readonly signal?: AbortSignal;
}

/**
 * Seals frames into one archive, in chunks of about 64 KiB. Frames are taken only as the stream is read; cancelling the
 * stream, an error or an abort ends their iteration.
 *
 * Throws `invalid-key` or `invalid-random` at once. The stream fails with `no-frames`, with `limit-exceeded` for a frame
 * that readers refuse by default, with the signal's reason or with the frames' own error.
 */
export function sealArchive(
  frames: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  options: SealArchiveOptions,
): ReadableStream<Uint8Array> {
  checkArchiveKey(options.key);
  const random = options.randomBytes ?? systemRandomBytes;
  const nonce = randomExactly(random, nonceBytes);
  const cipher = createAesGcm(options.key);
  // It is awaited when the stream is first read, which may be never.
  cipher.catch(() => {});
  return streamOf(sealFrames(frames, cipher, nonce, options.signal));
}

/** The bytes of an archive of frames of these sizes, without making it. */
export function sealedSize(
  frameSizes: Iterable<number>,
  format: ArchiveFormat = "xmtp-v0",
): number {
  switch (format) {
    case "xmtp-v0":
      return sealedSizeXmtpV0(frameSizes);
  }
}

async function* sealFrames(
  frames: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  cipher: Promise<AesGcm>,
  nonce: Uint8Array,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array, void, undefined> {
  const aes = await cipher;
  try {
    yield* sealXmtpV0(untilAborted(frames, signal), aes, nonce);
  } finally {
    aes.close();
  }
}

/** The frames, until the signal is aborted: then its reason is thrown, even while a frame is awaited. */
async function* untilAborted(
  frames: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array, void, undefined> {
  if (!signal) {
    yield* frames;
    return;
  }
  const iterator =
    Symbol.asyncIterator in frames
      ? frames[Symbol.asyncIterator]()
      : frames[Symbol.iterator]();
  let ended = false;
  try {
    while (true) {
      signal.throwIfAborted();
      const step = await orAbort(iterator.next(), signal);
      if (step.done) {
        ended = true;
        return;
      }
      yield step.value;
    }
  } finally {
    if (!ended) {
      const returned = Promise.resolve(iterator.return?.()).catch(() => {});
      // An iterator that is still at work on its next frame can't return before: it isn't waited for.
      if (!signal.aborted) await returned;
    }
  }
}

function orAbort<T>(work: T | Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason);
    signal.addEventListener("abort", abort, { once: true });
    Promise.resolve(work)
      .then(resolve, reject)
      .finally(() => signal.removeEventListener("abort", abort));
  });
}
