import { type FileHandle, open } from "node:fs/promises";
import type { BlobInfo, ByteRange, StoredBlob } from "../blob-store.js";
import { release } from "../buffers.js";
import { byteStreamOf } from "../byte-stream.js";
import { readTrailer, splitFile } from "./blob-file.js";
import { fileStream } from "./file-stream.js";
import { unlessMissing } from "./file-system.js";

/** With room for what waits for the garbage collector: a thousand of them are 64 MB. */
const smallFileBytes = 64 * 1024;

/** Returns the facts about the blob in a file, undefined where there is none. */
export function blobInfo(path: string): Promise<BlobInfo | undefined> {
  return unlessMissing(async () => {
    const handle = await open(path, "r");
    try {
      return await readTrailer(handle);
    } finally {
      await handle.close();
    }
  });
}

/** Opens the blob in a file, or undefined where there is none. */
export function readBlob(
  path: string,
  range: ByteRange | undefined,
): Promise<StoredBlob | undefined> {
  return unlessMissing(async () => {
    const handle = await open(path, "r");
    try {
      const small = range ? undefined : await readSmall(handle);
      if (small) {
        await handle.close();
        return small;
      }
      const info = await readTrailer(handle);
      const asked = range ?? { start: 0, end: info.size };
      return { ...info, body: fileStream(handle, asked) };
    } catch (error) {
      await handle.close();
      throw error;
    }
  });
}

/** A small file is read at once, because every call to the file system costs as much as its bytes do. */
async function readSmall(handle: FileHandle): Promise<StoredBlob | undefined> {
  const buffer = new Uint8Array(smallFileBytes);
  const { bytesRead } = await handle.read(buffer, 0, buffer.length, 0);
  if (bytesRead === buffer.length) return undefined;
  const { info, bytes } = splitFile(buffer.subarray(0, bytesRead));
  const body = byteStreamOf([bytes].values(), () => release(buffer.buffer));
  return { ...info, body };
}
