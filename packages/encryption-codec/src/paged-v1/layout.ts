import { concatBytes } from "@history-sync/primitives";
import { tagBytes } from "../aes/aes-gcm.js";
import type { ByteReader } from "../byte-reader.js";
import { EncryptionCodecError } from "../errors.js";

// FORMAT.md is the whole story. All numbers are little-endian.
//
// archive   = header page*
// header    = magic version suite salt commitment
// page      = mark length sealed
// sealed    = AES-256-GCM of a plaintext, with its tag
// plaintext = contentBytes compressedBytes compressed zero*
// content   = ( length frame )*

/** A byte that is no text, a name, and line ends that transfers "as text" change. */
const magic: Uint8Array = Uint8Array.of(
  0x89,
  0x48,
  0x53,
  0x41,
  0x0d,
  0x0a,
  0x1a,
  0x0a,
);
const formatVersion = 1;
export const saltBytes = 32;
export const commitmentBytes = 32;
export const headerBytes: number =
  magic.length + 2 + saltBytes + commitmentBytes;

/** How pages are compressed; all are sealed with AES-256-GCM. Browsers can read both, and write "deflate". */
export type Suite = "zstd" | "deflate";

const suiteBytes: Readonly<Record<Suite, number>> = { zstd: 1, deflate: 2 };

export interface Header {
  readonly suite: Suite;
  readonly salt: Uint8Array;
  readonly commitment: Uint8Array;
}

/** The two bytes by which a suite is bound to this version. */
export function versionAndSuite(suite: Suite): Uint8Array {
  return Uint8Array.of(formatVersion, suiteBytes[suite]);
}

export function encodeHeader(header: Header): Uint8Array<ArrayBuffer> {
  return concatBytes(
    magic,
    versionAndSuite(header.suite),
    header.salt,
    header.commitment,
  );
}

/** Reads what follows the first bytes of a header, which the caller has read to tell the format. */
export async function readHeader(
  archive: ByteReader,
  first: Uint8Array = new Uint8Array(0),
): Promise<Header> {
  const rest = await archive.read(magic.length - first.length, "magic");
  if (!concatBytes(first, rest).every((byte, i) => byte === magic[i])) {
    throw new EncryptionCodecError(
      "unknown-format",
      "expected the magic bytes of a paged-v1 archive, got others",
    );
  }
  const [version = 0] = await archive.read(1, "version");
  if (version !== formatVersion) {
    throw new EncryptionCodecError(
      "unsupported-version",
      `expected version ${formatVersion}, got ${version}`,
    );
  }
  const [suiteByte = 0] = await archive.read(1, "suite");
  const suite = (["zstd", "deflate"] as const).find(
    (name) => suiteBytes[name] === suiteByte,
  );
  if (!suite) {
    throw new EncryptionCodecError(
      "unsupported-suite",
      `expected suite 1 or 2, got ${suiteByte}`,
    );
  }
  const salt = (await archive.read(saltBytes, "salt")).slice();
  const commitment = (
    await archive.read(commitmentBytes, "key commitment")
  ).slice();
  return { suite, salt, commitment };
}

export const pageHeaderBytes = 5;
export const prefixBytes = 8;
export const frameLengthBytes = 4;
/** The bytes of a page besides its compressed content and padding. */
export const pageOverheadBytes: number =
  pageHeaderBytes + prefixBytes + tagBytes;

/** A page in the clear: nothing of it is trusted until the page has opened. */
export interface PageHeader {
  readonly final: boolean;
  /** Bytes of the sealed part. */
  readonly sealedBytes: number;
}

export function encodePageHeader(header: PageHeader): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(pageHeaderBytes);
  const view = new DataView(bytes.buffer);
  view.setUint8(0, header.final ? 1 : 0);
  view.setUint32(1, header.sealedBytes, true);
  return bytes;
}

/** `position` is for the message. */
export function decodePageHeader(
  bytes: Uint8Array,
  position: string,
): PageHeader {
  const [mark = 0] = bytes;
  const sealedBytes = readUint32(bytes, 1);
  if (mark > 1) {
    throw new EncryptionCodecError(
      "invalid-page",
      `page at ${position}: expected mark 0 or 1, got ${mark}`,
    );
  }
  if (sealedBytes < prefixBytes + tagBytes) {
    throw new EncryptionCodecError(
      "invalid-page",
      `page at ${position}: expected at least ${prefixBytes + tagBytes} sealed bytes, got ${sealedBytes}`,
    );
  }
  return { final: mark === 1, sealedBytes };
}

/** No two pages of an archive have the same: the page's number, and whether it is the last. */
export function pageNonce(
  index: number,
  final: boolean,
): Uint8Array<ArrayBuffer> {
  const nonce = new Uint8Array(12);
  const view = new DataView(nonce.buffer);
  view.setBigUint64(0, BigInt(index), true);
  view.setUint8(11, final ? 1 : 0);
  return nonce;
}

export function readUint32(bytes: Uint8Array, at: number): number {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length).getUint32(
    at,
    true,
  );
}

export function writeUint32(
  bytes: Uint8Array,
  at: number,
  value: number,
): void {
  new DataView(bytes.buffer, bytes.byteOffset, bytes.length).setUint32(
    at,
    value,
    true,
  );
}
