import { equalBytes } from "@history-sync/primitives";
import { ByteReader } from "../byte-reader.js";
import { checkLimit, EncryptionCodecError } from "../errors.js";
import { checkArchiveKey } from "../key.js";
import { type CodecLimits, defaultCodecLimits } from "../limits.js";
import {
  type ExpectedPage,
  type OpenedHeader,
  openHeader,
  openKeptHeader,
  openPage,
} from "./open-page.js";
import { onlyChunk } from "./streams.js";

/** Where the next page of a paged-v1 archive starts: to be stored with what a page held, in the same transaction. Holds no secret. */
export interface ArchiveCursor {
  /** The archive's header. */
  readonly header: Uint8Array;
  /** The number of the next page, counted from 0. */
  readonly page: number;
  /** Where it starts, in bytes from the archive's start. */
  readonly offset: number;
}

/** The archive as the other side announced it, through a trusted channel. */
export interface ExpectedArchive {
  /** SHA-256 of the header, 32 bytes. */
  readonly archiveId?: Uint8Array;
  /** All pages, in order. Each is compared before it is decrypted. */
  readonly pages?: readonly ExpectedPage[];
}

/** The frames of one authenticated page. */
export interface SinglePage {
  /** Counted from 0. */
  readonly page: number;
  /** In order, as views of one piece of memory. */
  readonly frames: readonly Uint8Array[];
  /** True if the archive ends with this page. */
  readonly final: boolean;
}

/** One authenticated page of an archive, with the position after it. */
export interface ArchivePage extends SinglePage {
  /** Where to resume after this page; undefined after the last, and in an xmtp-v0 archive. */
  readonly next: ArchiveCursor | undefined;
}

/** The page that `openArchivePage` opens, with the archive's key and header. */
export interface OpenArchivePageOptions {
  readonly key: Uint8Array;
  /** The archive's header. */
  readonly header: Uint8Array;
  /** The number of the page, counted from 0. */
  readonly page: number;
  readonly limits?: Partial<CodecLimits>;
  readonly expected?: ExpectedPage;
}

/** Opens the bytes of one page, without those before it. Rejects with `EncryptionCodecError`. */
export async function openArchivePage(
  bytes: Uint8Array,
  options: OpenArchivePageOptions,
): Promise<SinglePage> {
  checkArchiveKey(options.key);
  const { page: index, expected } = options;
  const limits: CodecLimits = { ...defaultCodecLimits, ...options.limits };
  const opened = await openKeptHeader(options.header, options.key);
  const reader = new ByteReader(onlyChunk(bytes), `page ${index}`);
  const page = await openPage(reader, opened, { index, limits, expected });
  if (!(await reader.atEnd())) {
    throw new EncryptionCodecError(
      "trailing-data",
      `page ${index}: expected ${page.bytes} bytes, got ${bytes.length}`,
    );
  }
  return { page: index, frames: page.frames, final: page.final };
}

export interface ReadPagesOptions {
  /** The format's first bytes, where they were read already. */
  readonly first?: Uint8Array;
  /** The bytes start at this cursor's offset instead of at the archive's header. */
  readonly from?: ArchiveCursor | undefined;
  readonly expected?: ExpectedArchive | undefined;
  readonly limits: CodecLimits;
}

/** The pages of an archive. Each is authentic, whole and in its place; the final one comes only when nothing follows it. */
export async function* readPages(
  archive: ByteReader,
  key: Uint8Array,
  { first, from, expected = {}, limits }: ReadPagesOptions,
): AsyncGenerator<ArchivePage, void, undefined> {
  const opened = from
    ? await openKeptHeader(from.header, key)
    : await openHeader(archive, key, first);
  try {
    checkArchiveId(opened, expected);
    yield* pagesFrom(archive, opened, { from, expected, limits });
  } finally {
    opened.cipher.close();
  }
}

function checkArchiveId(
  { archiveId }: OpenedHeader,
  expected: ExpectedArchive,
): void {
  if (expected.archiveId && !equalBytes(archiveId, expected.archiveId)) {
    throw new EncryptionCodecError(
      "unexpected-archive",
      "expected the announced archive, got another with the same key",
    );
  }
}

interface PagesFrom {
  readonly from: ArchiveCursor | undefined;
  readonly expected: ExpectedArchive;
  readonly limits: CodecLimits;
}

async function* pagesFrom(
  archive: ByteReader,
  opened: OpenedHeader,
  { from, expected, limits }: PagesFrom,
): AsyncGenerator<ArchivePage, void, undefined> {
  const start = from?.offset ?? 0;
  let frames = 0;
  let inflatedBytes = 0;
  for (let index = from?.page ?? 0; ; index++) {
    const page = await openPage(archive, opened, {
      index,
      limits,
      expected: expectedPage(expected, index),
    });
    frames += page.frames.length;
    inflatedBytes += page.contentBytes;
    checkLimit("frames", frames, limits.maxFrames);
    checkLimit("inflated bytes", inflatedBytes, limits.maxInflatedBytes);
    if (page.final) {
      await checkEnd(archive, expected, index);
      yield { page: index, frames: page.frames, final: true, next: undefined };
      return;
    }
    const next: ArchiveCursor = {
      header: opened.header,
      page: index + 1,
      offset: start + archive.offset,
    };
    yield { page: index, frames: page.frames, final: false, next };
  }
}

function expectedPage(
  { pages }: ExpectedArchive,
  index: number,
): ExpectedPage | undefined {
  const page = pages?.[index];
  if (pages && !page) {
    throw new EncryptionCodecError(
      "unexpected-archive",
      `expected the announced ${pages.length} pages, got more`,
    );
  }
  return page;
}

async function checkEnd(
  archive: ByteReader,
  { pages }: ExpectedArchive,
  index: number,
): Promise<void> {
  if (pages && pages.length !== index + 1) {
    throw new EncryptionCodecError(
      "unexpected-archive",
      `expected the announced ${pages.length} pages, got ${index + 1}`,
    );
  }
  if (!(await archive.atEnd())) {
    throw new EncryptionCodecError(
      "trailing-data",
      `expected nothing after the last page, got bytes at ${archive.position}`,
    );
  }
}
