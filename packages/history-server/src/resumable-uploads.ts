import type { BlobId } from "./blob-id.js";
import type { BlobLabel } from "./blob-store.js";

/** An upload in pieces that the handler has admitted. */
export interface NewUpload {
  readonly id: BlobId;
  readonly label: BlobLabel;
  readonly maxBytes: number;
}

export interface UnfinishedUploads {
  readonly deleted: number;
  readonly uploads: number;
  readonly bytes: number;
}

/**
 * Uploads in pieces, by the tus protocol 1.0. A finished one becomes the blob of the same id in the store that the
 * adapter was made with, at once and as a whole.
 */
export interface ResumableUploads {
  /**
   * Answers `POST` (with `created`), `HEAD`, `PATCH`, `DELETE` and `OPTIONS`. The answer to the request that finishes an
   * upload has the blob's `etag`.
   */
  handle(request: Request, created?: NewUpload): Promise<Response>;
  /** Makes a blob of an upload that is complete, where a crash came in between; whether there was one. */
  settle(id: BlobId): Promise<void>;
  /** Deletes what was not finished in time. */
  sweep(): Promise<UnfinishedUploads>;
}
