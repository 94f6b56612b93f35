import {
  type RandomBytes,
  streamOf,
  systemRandomBytes,
} from "@history-sync/primitives";
import type { AesGcm } from "./aes/aes-gcm.js";
import { createAesGcm } from "./aes/create.js";
import type { ArchiveFormat } from "./format.js";
import { checkArchiveKey, randomExactly } from "./key.js";
import type { Suite } from "./paged-v1/layout.js";
import {
  type SealedHeader,
  type SealedPage,
  sealPagedV1,
} from "./paged-v1/seal.js";
import { maxSealedPagedV1Bytes } from "./paged-v1/size-bound.js";
import { nonceBytes } from "./xmtp-v0/layout.js";
import { sealedSizeXmtpV0, sealXmtpV0 } from "./xmtp-v0/seal.js";

/** How an archive is sealed. */
export interface SealArchiveOptions {
  /** Exactly 32 bytes, made for this archive alone. It is read before `sealArchive` returns. */
  readonly key: Uint8Array;
  /** By default "paged-v1"; libxmtp reads "xmtp-v0" only. */
  readonly format?: ArchiveFormat;
  /** Where salt or nonce come from; the system by default. */
  readonly randomBytes?: RandomBytes;
  /** Of a paged-v1 archive: by default "zstd" where the platform writes it, else "deflate". */
  readonly suite?: Suite;
  /** Is told of a paged-v1 archive before its first byte is given out. */
  readonly onHeader?: (archive: SealedHeader) => void;
  /** Is told of each page of a paged-v1 archive before it is given out. */
  readonly onPage?: (page: SealedPage) => void;
  readonly signal?: AbortSignal;
}

/**
 * Seals frames into one archive. In paged-v1 an empty frame is none, but begins a new page. Frames are taken only as the
 * stream is read, a page or two ahead; cancelling the stream, an error or an abort ends their iteration.
 *
 * The stream fails with `no-frames` (xmtp-v0), with `limit-exceeded` for a frame that readers refuse by default, with the
 * signal's reason or with the frames' own error.
 *
 * @throws {EncryptionCodecError} `invalid-key`, `invalid-random`, `unsupported-suite`
 *
 * @example
 * ```ts
 * import { generateArchiveKey, sealArchive } from "@history-sync/encryption-codec";
 *
 * const key = generateArchiveKey();
 * const frames = [Uint8Array.of(1, 2, 3), Uint8Array.of(4)];
 * const archive = sealArchive(frames, { key, format: "xmtp-v0" });
 * console.log(archive instanceof ReadableStream);
 * ```
 */
export function sealArchive(
  frames: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  { format = "paged-v1", ...options }: SealArchiveOptions,
): ReadableStream<Uint8Array> {
  switch (format) {
    case "xmtp-v0":
      return sealRecords(frames, options);
    case "paged-v1":
      return sealPagedV1(frames, options);
  }
}

/**
 * The bytes of an archive of frames of these sizes, without making it: of xmtp-v0 exactly; of paged-v1 the most that it
 * can have, since how well frames compress shows only then (chats take about a quarter).
 *
 * @example
 * ```ts
 * import { sealedSize } from "@history-sync/encryption-codec";
 *
 * console.log(sealedSize([120, 3_000], "xmtp-v0"));
 * ```
 */
export function sealedSize(
  frameSizes: Iterable<number>,
  format: ArchiveFormat = "paged-v1",
): number {
  switch (format) {
    case "xmtp-v0":
      return sealedSizeXmtpV0(frameSizes);
    case "paged-v1":
      return maxSealedPagedV1Bytes(frameSizes);
  }
}

function sealRecords(
  frames: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  { key, signal, randomBytes = systemRandomBytes }: SealArchiveOptions,
): ReadableStream<Uint8Array> {
  checkArchiveKey(key);
  const nonce = randomExactly(randomBytes, nonceBytes);
  const cipher = createAesGcm(key);
  // It is awaited when the stream is first read, which may be never.
  cipher.catch(() => {});
  return streamOf(sealFrames(frames, cipher, nonce, signal));
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
