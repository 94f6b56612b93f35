import type { FileHandle } from "node:fs/promises";
import type { ByteRange } from "../blob-store.js";
import { HistoryServerError } from "../errors.js";
import { storageError } from "./storage-error.js";

// Large pieces: libxmtp's reader can lose its place where a piece is smaller than one element.
const pieceBytes = 256 * 1024;

/** A range of an open file, read as it is asked for; the end, an error or `cancel` closes the file. */
export function fileStream(
  handle: FileHandle,
  { start, end }: ByteRange,
): ReadableStream<Uint8Array> {
  let at = start;
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const piece = new Uint8Array(Math.min(pieceBytes, end - at));
          const { bytesRead } = await handle.read(piece, 0, piece.length, at);
          if (bytesRead === 0) throw shorter(at, end);
          controller.enqueue(piece.subarray(0, bytesRead));
          at += bytesRead;
          if (at < end) return;
          await handle.close();
          controller.close();
        } catch (error) {
          await handle.close().catch(() => {});
          throw storageError(error);
        }
      },
      async cancel() {
        await handle.close();
      },
    },
    { highWaterMark: 0 },
  );
}

function shorter(at: number, end: number): HistoryServerError {
  return new HistoryServerError(
    "storage-failed",
    `expected a file of at least ${end} bytes, it ends at ${at}`,
  );
}
