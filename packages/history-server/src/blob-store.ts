import type { BlobId } from "@history-sync/history-client/contract";

/** The uploader's settings of a blob. */
export interface BlobLabel {
  /** From then on it is gone, in milliseconds since the Unix epoch. */
  readonly expiresAtMs: number;
  /** SHA-256 of the token that deletes it, in hex; absent where only expiry does. */
  readonly deletionTokenHash?: string | undefined;
  /** True if it is deleted once it was downloaded to its end. */
  readonly once: boolean;
  /** The `Upload-Concat` that it was joined by from parts; absent of every other blob. */
  readonly concat?: string | undefined;
}

/** The facts about a blob that are known without reading it. */
export interface BlobInfo extends BlobLabel {
  readonly size: number;
  /** Of the bytes, in lower-case hex. */
  readonly sha256: string;
  /** When it became complete, in milliseconds since the Unix epoch. */
  readonly createdAtMs: number;
}

/** A blob that is being read. */
export interface StoredBlob extends BlobInfo {
  /** The bytes asked for; the reader must end or cancel it, because it may hold a file open. */
  readonly body: ReadableStream<Uint8Array>;
}

/** How a store writes one blob. */
export interface BlobWriteOptions {
  /** One byte more throws `blob-too-large`. */
  readonly maxBytes: number;
  readonly label: BlobLabel;
  /** Called with every chunk's length before it is stored. An error that it throws ends the upload. */
  readonly onBytes?: ((bytes: number) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Bytes `start` to `end`, `end` not included, of a blob that has at least `end` bytes. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/** The result of a sweep. */
export interface SweepResult {
  readonly deleted: number;
  readonly blobs: number;
  readonly bytes: number;
}

/**
 * Where blobs live. Every adapter passes `blobStoreContract` of `./testing`.
 *
 * Adapters throw `HistoryServerError`: `invalid-blob-id` for an id that isn't one (whatever its type says),
 * `storage-full` and `storage-failed` for their own faults.
 */
export interface BlobStore {
  /**
   * Stores a whole body. The blob is visible when this resolves and not before, and then it is as durable as the store can
   * make it. When this rejects, nothing is left, a body that was begun is cancelled, and a blob that had the id before is
   * unchanged.
   *
   * @throws {HistoryServerError} `empty-blob`, `blob-too-large`, `upload-broken` if the body fails; also the signal's
   *   reason
   */
  write(
    id: BlobId,
    body: ReadableStream<Uint8Array>,
    options: BlobWriteOptions,
  ): Promise<BlobInfo>;
  stat(id: BlobId): Promise<BlobInfo | undefined>;
  /** Opens a blob, or a range of it. A blob that is deleted while it is read is still read to its end. */
  read(id: BlobId, range?: ByteRange): Promise<StoredBlob | undefined>;
  /** Returns true if there was such a blob. */
  delete(id: BlobId): Promise<boolean>;
  /** Deletes the blobs that expire at or before a time, in milliseconds since the Unix epoch, and counts the others. */
  sweep(nowMs: number): Promise<SweepResult>;
}
