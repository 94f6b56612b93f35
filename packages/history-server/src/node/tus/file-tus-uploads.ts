import { mkdir, open, rm, statfs } from "node:fs/promises";
import { join } from "node:path";
import { isBlobId } from "@history-sync/history-client/contract";
import { type Clock, systemClock } from "@history-sync/primitives";
import { FileStore } from "@tus/file-store";
import { defaultUnfinishedTtlMs } from "../../limits.js";
import type { ResumableUploads } from "../../resumable-uploads.js";
import type { FileBlobStore } from "../file-blob-store.js";
import { fileStream } from "../file-stream.js";
import { guarded } from "../file-system.js";
import { tusUploads } from "./tus-uploads.js";

/** Where uploads in pieces are kept on disk, and their limits. */
export interface FileTusUploadsOptions {
  readonly folder: string;
  readonly blobs: FileBlobStore;
  readonly maxBytes: number;
  /** `defaultUnfinishedTtlMs` where absent. */
  readonly unfinishedTtlMs?: number | undefined;
  readonly clock?: Clock | undefined;
}

const fullBelowBytes = 1024 ** 2;

/**
 * Uploads in pieces as files in `{folder}/unfinished`; a finished one moves to the blobs. A piece with a checksum is in
 * `{folder}/checking` until it is found right; what is there at the start was left by a kill and is deleted.
 */
export async function fileTusUploads(
  options: FileTusUploadsOptions,
): Promise<ResumableUploads> {
  const { blobs, maxBytes, clock = systemClock } = options;
  const directory = join(options.folder, "unfinished");
  const checkFolder = join(options.folder, "checking");
  await guarded(async () => {
    await mkdir(directory, { recursive: true });
    await rm(checkFolder, { recursive: true, force: true });
    await mkdir(checkFolder);
  });
  const ttlMs = options.unfinishedTtlMs ?? defaultUnfinishedTtlMs;
  const datastore = new FileStore({
    directory,
    expirationPeriodInMilliseconds: ttlMs,
  });
  const { configstore } = datastore;

  return tusUploads({
    datastore,
    blobs,
    maxBytes,
    checkFolder,
    async read(id, size) {
      const handle = await guarded(() => open(join(directory, id), "r"));
      return fileStream(handle, { start: 0, end: size });
    },
    discard: (id) => datastore.remove(id),
    async finish(id, size, label) {
      const info = await blobs.adopt(id, join(directory, id), size, label);
      await configstore.delete(id);
      return info;
    },
    async sweep() {
      const left = { deleted: 0, uploads: 0, bytes: 0 };
      for (const id of (await configstore.list?.()) ?? []) {
        if (!isBlobId(id)) continue;
        const upload = await datastore.getUpload(id).catch(() => undefined);
        // Without its file it is a blob already: a crash came before its note was gone.
        if (!upload) {
          await configstore.delete(id);
          continue;
        }
        const beganMs = Date.parse(upload.creation_date ?? "");
        if (beganMs + ttlMs <= clock.nowMs()) {
          await datastore.remove(id);
          left.deleted++;
        } else {
          left.uploads++;
          left.bytes += upload.offset;
        }
      }
      return left;
    },
    async isFull() {
      const { bavail, bsize } = await guarded(() => statfs(directory));
      return bavail * bsize < fullBelowBytes;
    },
  });
}
