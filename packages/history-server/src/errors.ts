import { HistorySyncError } from "@history-sync/primitives";

/** The codes of `HistoryServerError`. */
export type HistoryServerErrorCode =
  /** The text is no blob id. Ids are 22 to 128 letters, digits, `-` and `_`. */
  | "invalid-blob-id"
  /** The body had no bytes. Send the archive. */
  | "empty-blob"
  /** More bytes than the limit in force. Export less, or raise the limit. */
  | "blob-too-large"
  /** The body ended early, because the uploader went away or failed. Nothing was stored, upload again. */
  | "upload-broken"
  /** The disk or the server's quota is full. Free space, or retry when blobs have expired. */
  | "storage-full"
  /** The store failed otherwise. See `cause`. */
  | "storage-failed"
  /** A header has no such value. The message names it. */
  | "invalid-request"
  /** The upload token or deletion token is missing, wrong or over. Get another one. */
  | "unauthorized"
  /** Too many requests, or too many uploads at once, from one address. Wait as `retry-after` says. */
  | "rate-limited"
  /** An option has no such value. The message says what is expected. */
  | "invalid-setting";

/** The error of the history server. The handler answers it with the HTTP status of its `code`. */
export class HistoryServerError extends HistorySyncError<HistoryServerErrorCode> {}
