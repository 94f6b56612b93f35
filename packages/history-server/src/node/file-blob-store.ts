import {
  type FileHandle,
  mkdir,
  open,
  opendir,
  rename,
  rm,
  unlink,
} from "node:fs/promises";
import { join } from "node:path";
import {
  type BlobId,
  isBlobId,
  newSha256,
} from "@history-sync/history-client/contract";
import {
  type Clock,
  systemClock,
  systemRandomBytes,
} from "@history-sync/primitives";
import { blobId, newBlobId } from "../blob-id.js";
import type {
  BlobInfo,
  BlobLabel,
  BlobStore,
  BlobWriteOptions,
} from "../blob-store.js";
import { HistoryServerError } from "../errors.js";
import { uploadChunks } from "../upload-body.js";
import { encodeTrailer } from "./blob-file.js";
import { blobInfo, readBlob } from "./blob-reading.js";
import { folderSync, guarded, unlessMissing } from "./file-system.js";
import { FileWriter } from "./file-writer.js";

const hashedAtOnceBytes = 1024 ** 2;

/** The clock of a store in a folder. Default: the system's. */
export interface FileBlobStoreOptions {
  readonly clock?: Clock | undefined;
}

/** A blob store in a folder. Every blob is one file and survives a crash at any line. */
export interface FileBlobStore extends BlobStore {
  /**
   * Makes a blob of the first `size` bytes of a finished file, which moves, in one step that a crash leaves undone or done.
   * The file must be on the same file system.
   */
  adopt(
    id: BlobId,
    path: string,
    size: number,
    label: BlobLabel,
  ): Promise<BlobInfo>;
}

/**
 * Blobs as files: `{folder}/blobs/{id}`, each written as `{folder}/incoming/{random}` first, forced to disk and then
 * renamed, so that a blob exists entirely or not at all, and an acknowledged one survives a power cut. What is known of it
 * is at the end of its file.
 *
 * A folder belongs to one process: what it finds in `incoming` at the start was left by a kill and is deleted.
 *
 * @example
 * ```ts
 * import { historyServer } from "@history-sync/history-server";
 * import { fileBlobStore } from "@history-sync/history-server/node";
 *
 * export const handle = historyServer({
 *   blobs: await fileBlobStore("./archives"),
 * });
 * ```
 */
export async function fileBlobStore(
  folder: string,
  { clock = systemClock }: FileBlobStoreOptions = {},
): Promise<FileBlobStore> {
  const blobs = join(folder, "blobs");
  const incoming = join(folder, "incoming");
  const syncBlobs = folderSync(blobs);
  await guarded(async () => {
    await rm(incoming, { recursive: true, force: true });
    await mkdir(incoming, { recursive: true });
    await mkdir(blobs, { recursive: true });
  });
  // The only place where a path is made of an id.
  const pathOf = (id: BlobId) => join(blobs, blobId(id));

  const statBlob: BlobStore["stat"] = async (id) => blobInfo(pathOf(id));
  const deleteBlob: BlobStore["delete"] = async (id) => {
    const path = pathOf(id);
    const done = await unlessMissing(async () => {
      await unlink(path);
      return true;
    });
    return done ?? false;
  };
  const publish = async (from: string, to: string) => {
    await rename(from, to);
    await syncBlobs();
  };

  return {
    stat: statBlob,
    delete: deleteBlob,

    async write(id, body, options) {
      const path = pathOf(id);
      const temporary = join(incoming, newBlobId(systemRandomBytes));
      return await guarded(async () => {
        try {
          const info = await writeDurably(temporary, body, options, clock);
          await publish(temporary, path);
          return info;
        } catch (error) {
          await rm(temporary, { force: true });
          throw error;
        }
      });
    },

    async adopt(id, from, size, label) {
      const path = pathOf(id);
      return await guarded(async () => {
        const handle = await open(from, "r+");
        try {
          // A trailer of an adoption that a crash cut short goes.
          await handle.truncate(size);
          const sha256 = await hashOfFile(handle, size);
          const createdAtMs = clock.nowMs();
          const info: BlobInfo = { ...label, size, sha256, createdAtMs };
          await handle.write(encodeTrailer(info), 0, null, size);
          await handle.sync();
          await publish(from, path);
          return info;
        } finally {
          await handle.close();
        }
      });
    },

    read: async (id, range) => readBlob(pathOf(id), range),

    async sweep(nowMs) {
      const left = { deleted: 0, blobs: 0, bytes: 0 };
      await guarded(async () => {
        for await (const { name } of await opendir(blobs)) {
          if (!isBlobId(name)) continue;
          const info = await statBlob(name).catch(ignoreDamage);
          if (!info) continue;
          if (info.expiresAtMs <= nowMs && (await deleteBlob(name))) {
            left.deleted++;
          } else {
            left.blobs++;
            left.bytes += info.size;
          }
        }
      });
      return left;
    },
  };
}

async function writeDurably(
  path: string,
  body: ReadableStream<Uint8Array>,
  options: BlobWriteOptions,
  clock: Clock,
): Promise<BlobInfo> {
  const writer = new FileWriter(path);
  const hash = newSha256();
  let size = 0;
  try {
    for await (const chunk of uploadChunks(body, options)) {
      hash.update(chunk);
      size += chunk.length;
      await writer.add(chunk);
    }
    const sha256 = hash.digest();
    const createdAtMs = clock.nowMs();
    const info: BlobInfo = { ...options.label, size, sha256, createdAtMs };
    await writer.end(encodeTrailer(info));
    await writer.sync();
    return info;
  } finally {
    await writer.close();
  }
}

async function hashOfFile(handle: FileHandle, size: number): Promise<string> {
  const hash = newSha256();
  const piece = new Uint8Array(Math.min(hashedAtOnceBytes, size));
  for (let at = 0; at < size; ) {
    const length = Math.min(piece.length, size - at);
    const { bytesRead } = await handle.read(piece, 0, length, at);
    if (bytesRead === 0) {
      throw new HistoryServerError(
        "storage-failed",
        `expected a file of ${size} bytes, it ends at ${at}`,
      );
    }
    hash.update(piece.subarray(0, bytesRead));
    at += bytesRead;
  }
  return hash.digest();
}

/** A file that is no whole blob must not keep the others from being swept. */
function ignoreDamage(error: unknown): undefined {
  if (error instanceof HistoryServerError && !error.retryable) return undefined;
  throw error;
}
