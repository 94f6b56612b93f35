import {
  type RandomBytes,
  streamOf,
  systemRandomBytes,
  wipe,
} from "@history-sync/primitives";
import type { AesGcm } from "../aes/aes-gcm.js";
import { createAesGcm } from "../aes/create.js";
import { checkArchiveKey, randomExactly } from "../key.js";
import { defaultCodecLimits } from "../limits.js";
import { type Compress, compressor, defaultSuite } from "./compression.js";
import { type Frames, fillPages } from "./fill-pages.js";
import { deriveKeys, sha256 } from "./keys.js";
import {
  encodeHeader,
  headerBytes,
  pageOverheadBytes,
  type Suite,
  saltBytes,
} from "./layout.js";
import {
  fullPageBytes,
  paddedArchiveBytes,
  paddedPageBytes,
} from "./padding.js";
import { sealPage } from "./seal-page.js";
import { abortable } from "./streams.js";

export interface SealPagedV1Options {
  /** Exactly 32 bytes. It is read before `sealPagedV1` returns. */
  readonly key: Uint8Array;
  /** By default "zstd" where the platform writes it, else "deflate". */
  readonly suite?: Suite;
  /** Where the salt comes from; the system by default. */
  readonly randomBytes?: RandomBytes;
  /** Length of a full page; smaller ones are for tests. */
  readonly pageBytes?: number;
  /** Is told of the archive before its first byte is given out. */
  readonly onHeader?: (archive: SealedHeader) => void;
  /** Is told of each page before it is given out. */
  readonly onPage?: (page: SealedPage) => void;
  readonly signal?: AbortSignal;
}

/** The header of an archive that is sealed page by page. */
export interface SealedHeader {
  /** SHA-256 of the header, 32 bytes: names this archive and no other. */
  readonly archiveId: Uint8Array;
  /** The header itself, with which any page can be opened alone. */
  readonly header: Uint8Array;
  readonly suite: Suite;
}

/** A page as the manifest describes it. */
export interface SealedPage {
  /** Counted from 0. */
  readonly index: number;
  /** The page's length in the archive. */
  readonly bytes: number;
  /** SHA-256 of the page as it is in the archive, 32 bytes. */
  readonly sha256: Uint8Array;
  /** How many frames it holds. */
  readonly frames: number;
  readonly final: boolean;
}

/**
 * Seals frames into one archive: the header, then a chunk a page. Frames are taken a page or two ahead of what is read;
 * an empty one begins a new page. Cancelling the stream, an error or an abort ends their iteration.
 *
 * Throws `invalid-key`, `invalid-random` or `unsupported-suite` at once. The stream fails with `limit-exceeded` for a
 * frame that readers refuse by default, with the signal's reason or with the frames' own error.
 */
export function sealPagedV1(
  frames: Frames,
  options: SealPagedV1Options,
): ReadableStream<Uint8Array> {
  checkArchiveKey(options.key);
  const suite = options.suite ?? defaultSuite();
  const compress = compressor(suite);
  const salt = randomExactly(
    options.randomBytes ?? systemRandomBytes,
    saltBytes,
  );
  const start = startArchive(options.key, salt, suite);
  // It is awaited when the stream is first read, which may be never.
  start.catch(() => {});
  const archive = archiveBytes(frames, start, compress, options);
  return abortable(streamOf(archive), options.signal);
}

interface ArchiveStart extends SealedHeader {
  readonly cipher: AesGcm;
}

/** Has read the key when it returns, before the promise is settled. */
async function startArchive(
  key: Uint8Array,
  salt: Uint8Array,
  suite: Suite,
): Promise<ArchiveStart> {
  const { pageKey, commitment } = deriveKeys(key, salt, suite);
  try {
    const header = encodeHeader({ suite, salt, commitment });
    const archiveId = await sha256(header);
    const cipher = await createAesGcm(pageKey, archiveId);
    return { archiveId, header, suite, cipher };
  } finally {
    wipe(pageKey);
  }
}

async function* archiveBytes(
  frames: Frames,
  start: Promise<ArchiveStart>,
  compress: Compress,
  options: SealPagedV1Options,
): AsyncGenerator<Uint8Array, void, undefined> {
  const { cipher, ...archive } = await start;
  options.onHeader?.(archive);
  yield archive.header.slice();
  const fullPage = options.pageBytes ?? fullPageBytes;
  const capacity = fullPage - pageOverheadBytes;
  const contents = fillPages(frames, { compress, capacity });
  const pages = sealPages(contents, cipher, fullPage);
  for await (const { sealed, ...page } of oneBehind(pages)) {
    const bytes = await sealed;
    if (options.onPage) {
      const hash = await sha256(bytes);
      options.onPage({ ...page, bytes: bytes.length, sha256: hash });
    }
    yield bytes;
  }
}

/** A page that the cipher is at work on. */
interface PageInWork {
  readonly index: number;
  readonly frames: number;
  readonly final: boolean;
  readonly sealed: Promise<Uint8Array>;
}

async function* sealPages(
  contents: ReturnType<typeof fillPages>,
  cipher: AesGcm,
  fullPage: number,
): AsyncGenerator<PageInWork, void, undefined> {
  let index = 0;
  let at = headerBytes;
  for await (const { frames, final, compressed, contentBytes } of contents) {
    const needed = Math.max(
      pageOverheadBytes + compressed.length,
      Math.ceil(contentBytes / defaultCodecLimits.maxInflationRatio),
    );
    const pageBytes = final
      ? paddedArchiveBytes(at + needed, fullPage) - at
      : paddedPageBytes(needed, fullPage);
    const sealed = sealPage(
      { index, final, compressed, contentBytes, pageBytes },
      cipher,
    );
    // It is awaited when its turn comes, which never does if the next page fails.
    sealed.catch(() => {});
    yield { index, frames, final, sealed };
    index++;
    at += pageBytes;
  }
}

/** Gives each page once the next is begun, so that one is sealed while the next is compressed. */
async function* oneBehind(
  pages: AsyncGenerator<PageInWork, void, undefined>,
): AsyncGenerator<PageInWork, void, undefined> {
  let held: PageInWork | undefined;
  for await (const page of pages) {
    if (held) yield held;
    held = page;
  }
  if (held) yield held;
}
