import type { BlobId } from "@history-sync/history-client/contract";
import type { BlobInfo, BlobLabel } from "./blob-store.js";

/** An upload in pieces that the handler has admitted. */
export interface NewUpload {
  readonly id: BlobId;
  readonly label: BlobLabel;
  readonly maxBytes: number;
  /** True if it only becomes a blob together with others, by `join`. */
  readonly isPart: boolean;
  /** SHA-256 of the upload token, in hex; absent where none is asked for. */
  readonly uploader?: string | undefined;
}

/** How the parts of an upload become one blob. */
export interface JoinOptions {
  /** Called with the total size of the parts, before one is copied. An error that it throws ends the join. */
  readonly onSize?: ((bytes: number) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** The result of a sweep of unfinished uploads: the number deleted, and what remains. */
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
   * upload has the blob's `etag`; a finished part has none, it waits to be joined.
   */
  handle(request: Request, created?: NewUpload): Promise<Response>;
  /** Makes a blob of an upload that is complete, where a crash came in between; whether there was one. */
  settle(id: BlobId): Promise<void>;
  /**
   * Makes a blob of finished parts in the order given, at once and as a whole, and then lets go of them. Throws
   * `invalid-request`, and changes nothing, where one is unknown, unfinished, no part, of another uploader, or being joined
   * already; and what `BlobStore.write` throws.
   */
  join(
    blob: NewUpload,
    parts: readonly BlobId[],
    options?: JoinOptions,
  ): Promise<BlobInfo>;
  /** Deletes what was not finished, or not joined, in time. */
  sweep(): Promise<UnfinishedUploads>;
}
