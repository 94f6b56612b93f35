import { type BlobId, newSha256 } from "@history-sync/history-client/contract";
import {
  type Clock,
  concatBytes,
  streamOf,
  systemClock,
} from "@history-sync/primitives";
import { blobId } from "./blob-id.js";
import type { BlobInfo, BlobStore } from "./blob-store.js";
import { uploadChunks } from "./upload-body.js";

/** The clock of a store in memory. Default: the system's. */
export interface MemoryBlobStoreOptions {
  readonly clock?: Clock;
}

/** Blobs in memory: for tests, demos and small things. They are gone with the process. */
export function memoryBlobStore({
  clock = systemClock,
}: MemoryBlobStoreOptions = {}): BlobStore {
  const blobs = new Map<BlobId, { bytes: Uint8Array; info: BlobInfo }>();
  return {
    async write(id, body, options) {
      const key = blobId(id);
      const hash = newSha256();
      const parts: Uint8Array[] = [];
      for await (const chunk of uploadChunks(body, options)) {
        hash.update(chunk);
        parts.push(chunk);
      }
      const bytes = concatBytes(...parts);
      const info: BlobInfo = {
        ...options.label,
        size: bytes.length,
        sha256: hash.digest(),
        createdAtMs: clock.nowMs(),
      };
      blobs.set(key, { bytes, info });
      return info;
    },
    async stat(id) {
      return blobs.get(blobId(id))?.info;
    },
    async read(id, range) {
      const blob = blobs.get(blobId(id));
      if (!blob) return undefined;
      const { bytes, info } = blob;
      const part = bytes.slice(range?.start ?? 0, range?.end ?? bytes.length);
      return { ...info, body: streamOf([part]) };
    },
    async delete(id) {
      return blobs.delete(blobId(id));
    },
    async sweep(nowMs) {
      const before = blobs.size;
      let bytes = 0;
      for (const [id, { info }] of blobs) {
        if (info.expiresAtMs <= nowMs) blobs.delete(id);
        else bytes += info.size;
      }
      return { deleted: before - blobs.size, blobs: blobs.size, bytes };
    },
  };
}
