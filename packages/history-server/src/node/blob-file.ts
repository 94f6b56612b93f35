import type { FileHandle } from "node:fs/promises";
import type { BlobInfo } from "../blob-store.js";
import { HistoryServerError } from "../errors.js";

/**
 * A blob's file: its bytes, followed by a trailer with the facts about it. One file needs one `fsync` and one
 * rename, so that the two are never seen apart.
 *
 * The trailer is JSON, spaces, and a last line, together as many blocks as that line says: one, unless the blob was joined.
 */
const blockBytes = 512;

/** 16 blocks are more than a label's longest text takes. */
const maxBlocks = 16;

const version = 1;

const lastLine = /history-sync blob v(\d{1,9}), blocks: (\d\d)\n$/;

export function encodeTrailer(info: BlobInfo): Uint8Array {
  const text = new TextEncoder().encode(JSON.stringify(info));
  const blocks = Math.ceil((text.length + endOf(0).length) / blockBytes);
  const trailer = new Uint8Array(blocks * blockBytes).fill(0x20);
  const end = endOf(blocks);
  trailer.set(text);
  trailer.set(end, trailer.length - end.length);
  return trailer;
}

/** Reads what is known of a blob; throws `storage-failed` for a file that doesn't end as a blob's must. */
export async function readTrailer(handle: FileHandle): Promise<BlobInfo> {
  const { size } = await handle.stat();
  const last = await lastBytes(handle, size, blockBytes);
  const trailerBytes = blocksOf(last, size) * blockBytes;
  const trailer =
    trailerBytes === blockBytes
      ? last
      : await lastBytes(handle, size, trailerBytes);
  return infoIn(trailer, size);
}

/** Takes a whole file apart; throws as `readTrailer` does. */
export function splitFile(file: Uint8Array): {
  readonly info: BlobInfo;
  readonly bytes: Uint8Array;
} {
  const size = file.length;
  const trailerBytes = blocksOf(file.subarray(-blockBytes), size) * blockBytes;
  const info = infoIn(file.subarray(-trailerBytes), size);
  return { info, bytes: file.subarray(0, info.size) };
}

function blocksOf(lastBlock: Uint8Array, fileBytes: number): number {
  const [, found, text] = lastLine.exec(textOf(lastBlock)) ?? [];
  if (found !== undefined && Number(found) !== version) {
    throw new HistoryServerError(
      "storage-failed",
      `expected a blob file of version ${version}, got version ${found}`,
    );
  }
  const blocks = Number(text ?? 0);
  if (blocks < 1 || blocks > maxBlocks) {
    throw damaged(`a blob's trailer at the end of ${fileBytes} bytes`);
  }
  return blocks;
}

function infoIn(trailer: Uint8Array, fileBytes: number): BlobInfo {
  const info = JSON.parse(textOf(trailer).replace(lastLine, "")) as BlobInfo;
  const expected = info.size + trailer.length;
  if (expected !== fileBytes) {
    throw damaged(`${expected} bytes, got ${fileBytes}`);
  }
  return info;
}

function textOf(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

function endOf(blocks: number): Uint8Array {
  const number = `${blocks}`.padStart(2, "0");
  return new TextEncoder().encode(
    `history-sync blob v${version}, blocks: ${number}\n`,
  );
}

async function lastBytes(
  handle: FileHandle,
  size: number,
  length: number,
): Promise<Uint8Array> {
  const at = size - length;
  if (at <= 0) throw damaged(`more than ${length} bytes, got ${size}`);
  const bytes = new Uint8Array(length);
  const { bytesRead } = await handle.read(bytes, 0, length, at);
  if (bytesRead !== length) throw damaged(`${length} bytes at ${at}`);
  return bytes;
}

function damaged(expected: string): HistoryServerError {
  return new HistoryServerError(
    "storage-failed",
    `damaged blob file: expected ${expected}`,
  );
}
