import { tmpdir } from "node:os";
import type { Readable } from "node:stream";
import { type BlobId, isBlobId } from "@history-sync/history-client/contract";
import { type Clock, streamOf, systemClock } from "@history-sync/primitives";
import { DataStore, Upload } from "@tus/server";
import type { BlobStore } from "../../blob-store.js";
import { defaultUnfinishedTtlMs } from "../../limits.js";
import type { ResumableUploads } from "../../resumable-uploads.js";
import { tusUploads } from "./tus-uploads.js";

/** The store and the limits of uploads in pieces that are kept in memory. */
export interface MemoryTusUploadsOptions {
  /** Any store; a finished upload is written there. */
  readonly blobs: BlobStore;
  readonly maxBytes: number;
  /** `defaultUnfinishedTtlMs` where absent. */
  readonly unfinishedTtlMs?: number | undefined;
  readonly clock?: Clock | undefined;
}

/** Uploads in pieces, gathered in memory: for tests, demos and small things. They are gone with the process. */
export function memoryTusUploads(
  options: MemoryTusUploadsOptions,
): ResumableUploads {
  const { blobs, maxBytes, clock = systemClock } = options;
  const ttlMs = options.unfinishedTtlMs ?? defaultUnfinishedTtlMs;
  const datastore = new MemoryDataStore(ttlMs, clock);
  return tusUploads({
    datastore,
    blobs,
    maxBytes,
    checkFolder: tmpdir(),
    read: async (id) => streamOf(datastore.chunksOf(id)),
    discard: (id) => datastore.remove(id),
    async finish(id, size, label) {
      const body = streamOf(datastore.chunksOf(id));
      const info = await blobs.write(id, body, { maxBytes: size, label });
      await datastore.remove(id);
      return info;
    },
    async sweep() {
      const deleted = await datastore.deleteExpired();
      return { deleted, ...datastore.left() };
    },
    isFull: async () => false,
  });
}

interface Gathered {
  readonly upload: Upload;
  readonly beganMs: number;
  readonly chunks: Uint8Array[];
}

class MemoryDataStore extends DataStore {
  readonly #uploads = new Map<string, Gathered>();
  readonly #ttlMs: number;
  readonly #clock: Clock;
  override extensions = [
    "creation",
    "creation-defer-length",
    "termination",
    "expiration",
  ];

  constructor(ttlMs: number, clock: Clock) {
    super();
    this.#ttlMs = ttlMs;
    this.#clock = clock;
  }

  override async create(upload: Upload): Promise<Upload> {
    const beganMs = this.#clock.nowMs();
    upload.creation_date = new Date(beganMs).toISOString();
    this.#uploads.set(upload.id, { upload, beganMs, chunks: [] });
    return upload;
  }

  override async remove(id: string): Promise<void> {
    this.#gathered(id);
    this.#uploads.delete(id);
  }

  override async write(body: Readable, id: string): Promise<number> {
    const { upload, chunks } = this.#gathered(id);
    for await (const chunk of body as AsyncIterable<Uint8Array>) {
      chunks.push(chunk.slice());
      upload.offset += chunk.length;
    }
    return upload.offset;
  }

  override async getUpload(id: string): Promise<Upload> {
    const { upload } = this.#gathered(id);
    return Object.assign(new Upload({ id, offset: 0 }), upload);
  }

  override async declareUploadLength(id: string, size: number): Promise<void> {
    this.#gathered(id).upload.size = size;
  }

  override getExpiration(): number {
    return this.#ttlMs;
  }

  override async deleteExpired(): Promise<number> {
    const before = this.#uploads.size;
    const lastMs = this.#clock.nowMs() - this.#ttlMs;
    for (const [id, { beganMs }] of this.#uploads) {
      if (beganMs <= lastMs) this.#uploads.delete(id);
    }
    return before - this.#uploads.size;
  }

  chunksOf(id: BlobId): readonly Uint8Array[] {
    return this.#gathered(id).chunks;
  }

  left(): { readonly uploads: number; readonly bytes: number } {
    const all = [...this.#uploads.values()];
    const bytes = all.reduce((sum, { upload }) => sum + upload.offset, 0);
    return { uploads: all.length, bytes };
  }

  #gathered(id: string): Gathered {
    const gathered = isBlobId(id) ? this.#uploads.get(id) : undefined;
    // As the library's own stores do.
    if (!gathered) throw { status_code: 404, body: "not found\n" };
    return gathered;
  }
}
