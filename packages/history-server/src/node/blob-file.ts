import type { FileHandle } from "node:fs/promises";
import type { BlobInfo } from "../blob-store.js";
import { HistoryServerError } from "../errors.js";

/**
 * A blob's file: its bytes, and behind them 512 bytes that say what is known of it. One file needs one `fsync` and one
 * rename, so that the two are never seen apart.
 */
const trailerBytes = 512;

const magic = "history-sync blob v1\n";

/** JSON, spaces, magic. */
export function encodeTrailer(info: BlobInfo): Uint8Array {
  const text = JSON.stringify(info).padEnd(trailerBytes - magic.length) + magic;
  return new TextEncoder().encode(text);
}

/** Reads what is known of a blob; throws `storage-failed` for a file that doesn't end as a blob's must. */
export async function readTrailer(handle: FileHandle): Promise<BlobInfo> {
  const { size } = await handle.stat();
  const bytes = new Uint8Array(trailerBytes);
  const at = size - trailerBytes;
  const { bytesRead } =
    at > 0 ? await handle.read(bytes, 0, trailerBytes, at) : { bytesRead: 0 };
  const text = new TextDecoder().decode(bytes);
  if (bytesRead !== trailerBytes || !text.endsWith(magic)) {
    throw damaged(`a blob's trailer at ${at} of ${size} bytes`);
  }
  const info = JSON.parse(text.slice(0, -magic.length)) as BlobInfo;
  if (info.size !== at) throw damaged(`${info.size} bytes, got ${at}`);
  return info;
}

function damaged(expected: string): HistoryServerError {
  return new HistoryServerError(
    "storage-failed",
    `damaged blob file: expected ${expected}`,
  );
}
