import { equalBytes, wipe } from "@history-sync/primitives";
import type { AesGcm } from "../aes/aes-gcm.js";
import { createAesGcm } from "../aes/create.js";
import { ByteReader } from "../byte-reader.js";
import { checkLimit, EncryptionCodecError } from "../errors.js";
import type { CodecLimits } from "../limits.js";
import { decompress } from "./compression.js";
import { splitFrames } from "./content.js";
import { maxContentBytes } from "./fill-pages.js";
import { deriveKeys, sameCommitment, sha256 } from "./keys.js";
import {
  decodePageHeader,
  encodeHeader,
  frameLengthBytes,
  headerBytes,
  pageHeaderBytes,
  pageNonce,
  prefixBytes,
  readHeader,
  readUint32,
  type Suite,
} from "./layout.js";
import { fullPageBytes } from "./padding.js";
import { onlyChunk } from "./streams.js";

/** A page as it was announced. */
export interface ExpectedPage {
  readonly bytes: number;
  readonly sha256: Uint8Array;
}

/** An archive after its header was read and its key was found right. */
export interface OpenedHeader {
  readonly archiveId: Uint8Array;
  readonly header: Uint8Array;
  readonly suite: Suite;
  readonly cipher: AesGcm;
}

export interface OpenedPage {
  /** Views of the page's memory. */
  readonly frames: readonly Uint8Array[];
  readonly final: boolean;
  /** Length of the page in the archive. */
  readonly bytes: number;
  /** The inflated content. */
  readonly contentBytes: number;
}

/** Reads the header and checks the key against it, before anything is decrypted. */
export async function openHeader(
  archive: ByteReader,
  key: Uint8Array,
  first?: Uint8Array,
): Promise<OpenedHeader> {
  const parts = await readHeader(archive, first);
  const header = encodeHeader(parts);
  const archiveId = await sha256(header);
  const { salt, suite } = parts;
  const { pageKey, commitment } = deriveKeys(key, salt, suite);
  try {
    if (!sameCommitment(commitment, parts.commitment)) {
      throw new EncryptionCodecError(
        "wrong-key",
        "expected the key that the archive was sealed with, got another, or a damaged header",
      );
    }
    const cipher = await createAesGcm(pageKey, archiveId);
    return { archiveId, header, suite, cipher };
  } finally {
    wipe(pageKey);
  }
}

export interface OpenPageOptions {
  /** The number of the page, counted from 0. */
  readonly index: number;
  readonly limits: CodecLimits;
  readonly expected?: ExpectedPage | undefined;
}

/** Reads and opens one page; each check comes before the memory or the work that it guards. */
export async function openPage(
  archive: ByteReader,
  { suite, cipher }: OpenedHeader,
  { index, limits, expected }: OpenPageOptions,
): Promise<OpenedPage> {
  const where = `page ${index}`;
  const position = archive.position;
  const head = (await archive.read(pageHeaderBytes, where)).slice();
  const { final, sealedBytes } = decodePageHeader(head, position);
  const bytes = pageHeaderBytes + sealedBytes;
  checkLimit(`${where} in bytes`, bytes, maxPageBytes(limits));
  checkLimit(
    "archive in bytes",
    archive.offset + sealedBytes,
    limits.maxArchiveBytes,
  );
  if (expected && expected.bytes !== bytes) {
    throw new EncryptionCodecError(
      "unexpected-archive",
      `${where} at ${position}: expected the announced ${expected.bytes} bytes, got ${bytes}`,
    );
  }
  const sealed = await archive.read(sealedBytes, where);
  if (expected) await checkHash(head, sealed, expected, where);
  const plaintext = await cipher.open(pageNonce(index, final), sealed);
  if (!plaintext) {
    throw new EncryptionCodecError(
      "not-authentic",
      `${where} of ${bytes} bytes at ${position} does not open as that page of this archive`,
    );
  }
  const content = await readContent(plaintext, suite, { where, bytes, limits });
  const frames = splitFrames(content, where, limits);
  if (frames.length === 0 && !final) {
    throw new EncryptionCodecError(
      "invalid-page",
      `${where}: expected a frame in a page that isn't the last`,
    );
  }
  return { frames, final, bytes, contentBytes: content.length };
}

/** The longest page that the limits allow: one frame of the greatest size that does not compress, with its padding. */
function maxPageBytes(limits: CodecLimits): number {
  return Math.ceil(1.0625 * maxPageContentBytes(limits)) + 2 * fullPageBytes;
}

function maxPageContentBytes(limits: CodecLimits): number {
  return Math.max(maxContentBytes, limits.maxFrameBytes + frameLengthBytes);
}

async function checkHash(
  head: Uint8Array,
  sealed: Uint8Array,
  expected: ExpectedPage,
  where: string,
): Promise<void> {
  const page = new Uint8Array(head.length + sealed.length);
  page.set(head);
  page.set(sealed, head.length);
  if (!equalBytes(await sha256(page), expected.sha256)) {
    throw new EncryptionCodecError(
      "unexpected-archive",
      `${where}: expected the announced SHA-256, got another`,
    );
  }
}

async function readContent(
  plaintext: Uint8Array,
  suite: Suite,
  page: {
    readonly where: string;
    readonly bytes: number;
    readonly limits: CodecLimits;
  },
): Promise<Uint8Array> {
  const { where, bytes, limits } = page;
  const contentBytes = readUint32(plaintext, 0);
  const compressedBytes = readUint32(plaintext, 4);
  checkLimit(
    `inflated bytes of ${where}`,
    contentBytes,
    maxPageContentBytes(limits),
  );
  checkLimit(
    `inflated bytes of ${where} for each of its ${bytes} bytes`,
    contentBytes / bytes,
    limits.maxInflationRatio,
  );
  const padding = prefixBytes + compressedBytes;
  if (padding > plaintext.length) {
    throw new EncryptionCodecError(
      "invalid-page",
      `${where}: expected at most ${plaintext.length - prefixBytes} compressed bytes, got ${compressedBytes}`,
    );
  }
  if (!plaintext.subarray(padding).every((byte) => byte === 0)) {
    throw new EncryptionCodecError(
      "invalid-page",
      `${where}: expected zeros for padding`,
    );
  }
  const compressed = plaintext.subarray(prefixBytes, padding);
  return decompress(suite, compressed, contentBytes, where);
}

/** The header alone, as a cursor or a manifest kept it. */
export async function openKeptHeader(
  header: Uint8Array,
  key: Uint8Array,
): Promise<OpenedHeader> {
  const reader = new ByteReader(onlyChunk(header), "the kept header");
  const opened = await openHeader(reader, key);
  if (header.length !== headerBytes) {
    throw new EncryptionCodecError(
      "trailing-data",
      `kept header: expected ${headerBytes} bytes, got ${header.length}`,
    );
  }
  return opened;
}
