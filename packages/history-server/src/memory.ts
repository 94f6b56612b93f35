import {
  type Clock,
  concatBytes,
  streamOf,
  systemClock,
} from "@history-sync/primitives";
import { type BlobId, blobId } from "./blob-id.js";
import type { BlobStore } from "./blob-store.js";
import { uploadChunks } from "./upload-body.js";

export interface MemoryBlobStoreOptions {
  readonly clock?: Clock;
}

/** Blobs in memory: for tests, demos and small things. They are gone with the process. */
export function memoryBlobStore({
  clock = systemClock,
}: MemoryBlobStoreOptions = {}): BlobStore {
  const blobs = new Map<BlobId, { bytes: Uint8Array; createdAtMs: number }>();
  return {
    async write(id, body, options) {
      const key = blobId(id);
      const parts: Uint8Array[] = [];
      for await (const chunk of uploadChunks(body, options)) {
        parts.push(chunk.slice());
      }
      const bytes = concatBytes(...parts);
      blobs.set(key, { bytes, createdAtMs: clock.nowMs() });
      return bytes.length;
    },
    async stat(id) {
      const blob = blobs.get(blobId(id));
      return blob && { size: blob.bytes.length, createdAtMs: blob.createdAtMs };
    },
    async read(id, range) {
      const blob = blobs.get(blobId(id));
      if (!blob) return undefined;
      const { bytes, createdAtMs } = blob;
      const part = bytes.slice(range?.start ?? 0, range?.end ?? bytes.length);
      return { size: bytes.length, createdAtMs, body: streamOf([part]) };
    },
    async delete(id) {
      return blobs.delete(blobId(id));
    },
    async sweep(createdUntilMs) {
      const before = blobs.size;
      for (const [id, { createdAtMs }] of blobs) {
        if (createdAtMs <= createdUntilMs) blobs.delete(id);
      }
      return before - blobs.size;
    },
  };
}
