import type { FileHandle } from "node:fs/promises";
import type { ByteRange } from "../blob-store.js";
import { HistoryServerError } from "../errors.js";
import { smallestPieceBytes } from "./pace.js";
import { storageError } from "./storage-error.js";

/**
 * A range of an open file, read as it is asked for; the end, an error or `cancel` closes the file. A byte stream: a reader
 * with a buffer of its own gets the bytes in that.
 */
export function fileStream(
  handle: FileHandle,
  { start, end }: ByteRange,
): ReadableStream<Uint8Array> {
  let at = start;
  return new ReadableStream({
    type: "bytes",
    autoAllocateChunkSize: Math.min(smallestPieceBytes, end - start),
    async pull(controller) {
      const asked = controller.byobRequest;
      const view = asked?.view as Uint8Array;
      try {
        const length = Math.min(view.byteLength, end - at);
        const { bytesRead } = await handle.read(view, 0, length, at);
        if (bytesRead === 0) throw shorter(at, end);
        at += bytesRead;
        if (at === end) {
          await handle.close();
          asked?.respond(bytesRead);
          controller.close();
        } else {
          asked?.respond(bytesRead);
        }
      } catch (error) {
        await handle.close().catch(() => {});
        throw storageError(error);
      }
    },
    async cancel() {
      await handle.close();
    },
  });
}

function shorter(at: number, end: number): HistoryServerError {
  return new HistoryServerError(
    "storage-failed",
    `expected a file of at least ${end} bytes, it ends at ${at}`,
  );
}
