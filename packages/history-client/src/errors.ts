import { HistorySyncError } from "@history-sync/primitives";

/**
 * - `refused-url`: not https or loopback, not on the list of origins, or not `{server}/files/{id}`; never fetched.
 * - `redirected`: the server answered with a redirect; configure the address that it redirects to.
 * - `not-found`: the blob is unknown or has expired; request a new one.
 * - `blob-too-large`: more bytes than the limit in force; export less, or raise the limit.
 * - `unauthorized`: the upload token or deletion token is missing, wrong or expired; get another one.
 * - `rejected`: the server refused the request, with the status in the message; trying again does not help.
 * - `unavailable`: the server can't answer now, with the status in the message; retry later.
 * - `unreachable`: no connection, or it broke; retry.
 * - `deadline`: the server was silent for too long, or the whole transfer took too long; retry.
 * - `corrupted`: the bytes stored or received are not those of their SHA-256; transfer them again.
 * - `upload-lost`: the server no longer has what a resumed upload needs; upload from the start.
 * - `bad-answer`: the answer breaks the contract, such as an id of another form; this is no history server.
 * - `invalid-setting`: an option has no such value; the message says what is expected.
 */
export type HistoryClientErrorCode =
  | "refused-url"
  | "redirected"
  | "not-found"
  | "blob-too-large"
  | "unauthorized"
  | "rejected"
  | "unavailable"
  | "unreachable"
  | "deadline"
  | "corrupted"
  | "upload-lost"
  | "bad-answer"
  | "invalid-setting";

/** The error of every call of the history server's client. */
export class HistoryClientError extends HistorySyncError<HistoryClientErrorCode> {}

/** The error for a body that is larger than the limit in force. */
export function tooLarge(maxBytes: number): HistoryClientError {
  return new HistoryClientError(
    "blob-too-large",
    `expected at most ${maxBytes} bytes, got more`,
  );
}
