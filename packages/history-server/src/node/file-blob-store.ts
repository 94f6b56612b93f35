import type { Stats } from "node:fs";
import {
  type FileHandle,
  mkdir,
  open,
  opendir,
  rename,
  rm,
  stat,
  unlink,
} from "node:fs/promises";
import { join } from "node:path";
import {
  type Clock,
  systemClock,
  systemRandomBytes,
} from "@history-sync/primitives";
import { type BlobId, blobId, isBlobId, newBlobId } from "../blob-id.js";
import type { BlobInfo, BlobStore, BlobWriteOptions } from "../blob-store.js";
import { uploadChunks } from "../upload-body.js";
import { fileStream } from "./file-stream.js";
import { isMissing, storageError } from "./storage-error.js";

export interface FileBlobStoreOptions {
  readonly clock?: Clock;
}

/**
 * Blobs as files: `{folder}/blobs/{id}`, each written as `{folder}/incoming/{random}` first, forced to disk and then
 * renamed, so that a blob exists entirely or not at all, and an acknowledged one survives a power cut. Its time of
 * creation is the file's modification time.
 *
 * A folder belongs to one process: what it finds in `incoming` at the start was left by a kill and is deleted.
 */
export async function fileBlobStore(
  folder: string,
  { clock = systemClock }: FileBlobStoreOptions = {},
): Promise<BlobStore> {
  const blobs = join(folder, "blobs");
  const incoming = join(folder, "incoming");
  await guarded(async () => {
    await rm(incoming, { recursive: true, force: true });
    await mkdir(incoming, { recursive: true });
    await mkdir(blobs, { recursive: true });
  });
  // The only place where a path is made of an id.
  const pathOf = (id: BlobId) => join(blobs, blobId(id));

  const statBlob: BlobStore["stat"] = async (id) => {
    const path = pathOf(id);
    return await unlessMissing(async () => infoOf(await stat(path)));
  };
  const deleteBlob: BlobStore["delete"] = async (id) => {
    const path = pathOf(id);
    const done = await unlessMissing(async () => {
      await unlink(path);
      return true;
    });
    return done ?? false;
  };

  return {
    stat: statBlob,
    delete: deleteBlob,

    async write(id, body, options) {
      const path = pathOf(id);
      const temporary = join(incoming, newBlobId(systemRandomBytes));
      return await guarded(async () => {
        try {
          const size = await writeDurably(temporary, body, options, clock);
          await rename(temporary, path);
          await syncFolder(blobs);
          return size;
        } catch (error) {
          await rm(temporary, { force: true });
          throw error;
        }
      });
    },

    async read(id, range) {
      const path = pathOf(id);
      return await unlessMissing(async () => {
        const handle = await open(path, "r");
        try {
          const info = infoOf(await handle.stat());
          const body = fileStream(
            handle,
            range ?? { start: 0, end: info.size },
          );
          return { ...info, body };
        } catch (error) {
          await handle.close();
          throw error;
        }
      });
    },

    async sweep(createdUntilMs) {
      return await guarded(async () => {
        let swept = 0;
        for await (const { name } of await opendir(blobs)) {
          if (!isBlobId(name)) continue;
          const info = await statBlob(name);
          if (!info || info.createdAtMs > createdUntilMs) continue;
          if (await deleteBlob(name)) swept++;
        }
        return swept;
      });
    },
  };
}

function infoOf({ size, mtimeMs }: Stats): BlobInfo {
  return { size, createdAtMs: Math.floor(mtimeMs) };
}

async function writeDurably(
  path: string,
  body: ReadableStream<Uint8Array>,
  options: BlobWriteOptions,
  clock: Clock,
): Promise<number> {
  // Opened only once bytes come; "wx" because a name that exists can't be ours.
  let handle: FileHandle | undefined;
  let size = 0;
  try {
    for await (const chunk of uploadChunks(body, options)) {
      handle ??= await open(path, "wx", 0o600);
      await writeWhole(handle, chunk);
      size += chunk.length;
    }
    const now = new Date(clock.nowMs());
    await handle?.utimes(now, now);
    await handle?.sync();
  } finally {
    await handle?.close();
  }
  return size;
}

/** One write may take less than it was given. */
async function writeWhole(
  handle: FileHandle,
  chunk: Uint8Array,
): Promise<void> {
  for (let at = 0; at < chunk.length; ) {
    at += (await handle.write(chunk, at)).bytesWritten;
  }
}

/** A rename survives a power cut only when its folder is on disk too. Windows can't open folders and doesn't need it. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === "win32") return;
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function guarded<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw storageError(error);
  }
}

async function unlessMissing<T>(
  work: () => Promise<T>,
): Promise<T | undefined> {
  return await guarded(async () => {
    try {
      return await work();
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  });
}
