import { HistorySyncError } from "@history-sync/primitives";

/**
 * Of the server and its stores:
 * - `invalid-blob-id`: the text is no blob id; ids are 22 to 128 letters, digits, `-` and `_`.
 * - `empty-blob`: the body had no bytes; send the archive.
 * - `blob-too-large`: more bytes than the limit in force; export less, or raise the limit. The client throws it too.
 * - `upload-broken`: the body ended early, because the uploader went away or failed; nothing was stored, upload again.
 * - `storage-full`: the disk or the server's quota is full; free space, or retry when blobs have expired.
 * - `storage-failed`: the store failed otherwise; see `cause`.
 * - `invalid-request`: a header has no such value; the message names it.
 * - `unauthorized`: the upload token or deletion token is missing, wrong or over; get another one.
 * - `rate-limited`: too many requests, or too many uploads at once, from one address; wait as `retry-after` says.
 * - `invalid-setting`: an option of the command or the client has no such value; the message says what is expected.
 *
 * Of the client:
 * - `refused-url`: not https or loopback, not on the list of origins, or not `{server}/files/{id}`; never fetched.
 * - `redirected`: the server wanted to send us elsewhere; configure the address that it redirects to.
 * - `not-found`: the blob is unknown or has expired; ask for a new one.
 * - `rejected`: the server refused for good, with the status in the message.
 * - `unavailable`: the server can't just now, with the status in the message; retry later.
 * - `unreachable`: no connection, or it broke; retry.
 * - `deadline`: the server gave no sign of life in time, or the whole transfer took too long; retry.
 * - `corrupted`: the bytes stored or received are not those of their SHA-256; transfer them again.
 * - `upload-lost`: the server no longer has what a resumed upload needs; upload from the start.
 * - `bad-answer`: the answer isn't the contract's, such as an id of another form; this is no history server.
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
  | "invalid-setting"
  | "refused-url"
  | "redirected"
  | "not-found"
  | "rejected"
  | "unavailable"
  | "unreachable"
  | "deadline"
  | "corrupted"
  | "upload-lost"
  | "bad-answer";

export class HistoryServerError extends HistorySyncError<HistoryServerErrorCode> {}
