import { HistorySyncError } from "@history-sync/primitives";

/** The codes of `HistoryClientError`. */
export type HistoryClientErrorCode =
  /** Not https or loopback, not on the list of origins, or not `{server}/files/{id}`. Never fetched. */
  | "refused-url"
  /** The server answered with a redirect. Configure the address that it redirects to. */
  | "redirected"
  /** The blob is unknown or has expired. Request a new one. */
  | "not-found"
  /** More bytes than the limit in force. Export less, or raise the limit. */
  | "blob-too-large"
  /** The upload token or deletion token is missing, wrong or expired. Get another one. */
  | "unauthorized"
  /** The server refused the request, with the status in the message. Trying again does not help. */
  | "rejected"
  /** The server can't answer now, with the status in the message. Retry later. */
  | "unavailable"
  /** No connection, or it broke. Retry. */
  | "unreachable"
  /** The server was silent for too long, or the whole transfer took too long. Retry. */
  | "deadline"
  /** The bytes stored or received are not those of their SHA-256. Transfer them again. */
  | "corrupted"
  /** The server no longer has what a resumed upload needs. Upload from the start. */
  | "upload-lost"
  /** The answer breaks the contract, such as an id of another form. This is no history server. */
  | "bad-answer"
  /** An option has no such value. The message says what is expected. */
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
