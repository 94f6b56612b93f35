import type { BlobId } from "./blob-id.js";

/** What is known of a blob without reading it. */
export interface BlobInfo {
  readonly size: number;
  /** When it became complete, in milliseconds since the Unix epoch. */
  readonly createdAtMs: number;
}

export interface StoredBlob extends BlobInfo {
  /** The bytes asked for; the reader must end or cancel it, because it may hold a file open. */
  readonly body: ReadableStream<Uint8Array>;
}

export interface BlobWriteOptions {
  /** One byte more throws `blob-too-large`. */
  readonly maxBytes: number;
  readonly signal?: AbortSignal | undefined;
}

/** Bytes `start` to `end`, `end` not included, of a blob that has at least `end` bytes. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/**
 * Where blobs live. Every adapter passes `blobStoreContract` of `./testing`.
 *
 * Adapters throw `HistoryServerError`: `invalid-blob-id` for an id that isn't one (whatever its type says),
 * `storage-full` and `storage-failed` for their own faults.
 */
export interface BlobStore {
  /**
   * Stores a whole body and gives its size. The blob is visible when this resolves and not before, and then it is as
   * durable as the store can make it. When this rejects, nothing is left, a body that
   * was begun is cancelled, and a blob that had the id before is unchanged. Throws `empty-blob`, `blob-too-large`, `upload-broken` when the body fails, and the
   * signal's reason.
   */
  write(
    id: BlobId,
    body: ReadableStream<Uint8Array>,
    options: BlobWriteOptions,
  ): Promise<number>;
  stat(id: BlobId): Promise<BlobInfo | undefined>;
  /** Opens a blob, or a range of it. A blob that is deleted while it is read is still read to its end. */
  read(id: BlobId, range?: ByteRange): Promise<StoredBlob | undefined>;
  /** Whether there was such a blob. */
  delete(id: BlobId): Promise<boolean>;
  /** Deletes the blobs created at or before a time, in milliseconds since the Unix epoch, and gives their number. */
  sweep(createdUntilMs: number): Promise<number>;
}
