import { HistorySyncError } from "@history-sync/primitives";

/**
 * - `invalid-blob-id`: the text is no blob id; ids are 22 to 128 letters, digits, `-` and `_`.
 * - `empty-blob`: the body had no bytes; send the archive.
 * - `blob-too-large`: more bytes than the limit in force; export less, or raise the limit.
 * - `upload-broken`: the body ended early, because the uploader went away or failed; nothing was stored, upload again.
 * - `storage-full`: the disk or the server's quota is full; free space, or retry when blobs have expired.
 * - `storage-failed`: the store failed otherwise; see `cause`.
 * - `invalid-request`: a header has no such value; the message names it.
 * - `unauthorized`: the upload token or deletion token is missing, wrong or over; get another one.
 * - `rate-limited`: too many requests, or too many uploads at once, from one address; wait as `retry-after` says.
 * - `invalid-setting`: an option has no such value; the message says what is expected.
 */
export type HistoryServerErrorCode =
  | "invalid-blob-id"
  | "empty-blob"
  | "blob-too-large"
  | "upload-broken"
  | "storage-full"
  | "storage-failed"
  | "invalid-request"
  | "unauthorized"
  | "rate-limited"
  | "invalid-setting";

/** The error of the history server. The handler answers it with the HTTP status of its `code`. */
export class HistoryServerError extends HistorySyncError<HistoryServerErrorCode> {}
