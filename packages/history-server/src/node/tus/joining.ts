import type { BlobId } from "@history-sync/history-client/contract";
import { chunksOf, streamOf } from "@history-sync/primitives";
import type { DataStore, Upload } from "@tus/server";
import type { BlobInfo, BlobStore } from "../../blob-store.js";
import { HistoryServerError } from "../../errors.js";
import type { NewUpload, ResumableUploads } from "../../resumable-uploads.js";
import { ifAbsent, keptIn } from "./kept.js";

export interface Parts {
  readonly datastore: DataStore;
  readonly blobs: BlobStore;
  /** All bytes of a finished part. */
  read(id: BlobId, size: number): Promise<ReadableStream<Uint8Array>>;
  /** Deletes a finished part. */
  discard(id: BlobId): Promise<void>;
}

/**
 * Joins parts by copying them into a blob of its own, so that the store's own promises hold: a crash leaves the parts as they
 * were, or the blob.
 */
export function partJoiner(parts: Parts): ResumableUploads["join"] {
  const { datastore, blobs } = parts;
  const joining = new Set<BlobId>();

  const sizeOf = async (id: BlobId, { uploader }: NewUpload) => {
    const upload = await datastore.getUpload(id).catch(ifAbsent);
    if (!upload || !isFinishedPart(upload)) throw refused("finished parts");
    if (keptIn(upload).uploader !== uploader) {
      throw refused("parts that were begun with this upload token");
    }
    return upload.size ?? 0;
  };
  async function* copied(ids: readonly BlobId[], sizes: readonly number[]) {
    for (const [i, id] of ids.entries()) {
      const size = sizes[i] ?? 0;
      let bytes = 0;
      for await (const chunk of chunksOf(await parts.read(id, size))) {
        bytes += chunk.length;
        yield chunk;
      }
      if (bytes !== size) throw torn(`expected ${size} bytes, got ${bytes}`);
    }
  }

  return async (blob, ids, { onSize, signal } = {}): Promise<BlobInfo> => {
    if (new Set(ids).size !== ids.length || ids.some((id) => joining.has(id))) {
      throw refused("each part once, and in one upload");
    }
    for (const id of ids) joining.add(id);
    try {
      const sizes: number[] = [];
      for (const id of ids) sizes.push(await sizeOf(id, blob));
      onSize?.(sizes.reduce((sum, size) => sum + size, 0));
      const { label, maxBytes } = blob;
      const body = streamOf(copied(ids, sizes));
      const info = await blobs
        .write(blob.id, body, { label, maxBytes, signal })
        .catch(ofParts);
      // The blob is there; parts that are left are swept.
      await Promise.allSettled(ids.map((id) => parts.discard(id)));
      return info;
    } finally {
      for (const id of ids) joining.delete(id);
    }
  };
}

function isFinishedPart(upload: Upload): boolean {
  return keptIn(upload).isPart && upload.offset === upload.size;
}

function refused(expected: string): HistoryServerError {
  return new HistoryServerError(
    "invalid-request",
    `upload-concat: expected ${expected}`,
  );
}

function torn(reason: string, cause?: unknown): HistoryServerError {
  const message = `a part can't be read: ${reason}`;
  const options = { retryable: true, cause };
  return new HistoryServerError("storage-failed", message, options);
}

/** To a store the parts are a body that broke; to the uploader they are the server's own fault. */
function ofParts(error: unknown): never {
  if (error instanceof HistoryServerError && error.code === "upload-broken") {
    throw torn("its store failed", error.cause);
  }
  throw error;
}
