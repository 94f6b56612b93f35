import { HistorySyncError } from "@history-sync/primitives";

/** The codes of `SyncWorkerError`. */
export type SyncWorkerErrorCode =
  /** Another installation's reply lacks a key of 32 bytes or is of an older protocol. It is ignored. */
  | "invalid-reply"
  /** A field of another installation's request is longer than this version sends. The request is ignored. */
  | "invalid-request"
  /** The store returned bytes that this version didn't write. Restore it, or start with a new one. */
  | "invalid-state"
  /** `historySyncUrl` is empty, so an archive can't be uploaded. Set it, or name a server in the call. */
  | "no-history-server"
  /** No installation has sent an archive with that pin. See `listAvailableArchives`. */
  | "no-archive"
  /** No request has that id. See `requests`. */
  | "unknown-request"
  /** The request's stage doesn't allow the decision, such as an approval. See its stage. */
  | "wrong-stage"
  /** The message of a decline is longer than 200 characters. Shorten it. */
  | "too-long"
  /** The request entered another stage meanwhile, so the step of the earlier one ends. */
  | "stage-changed"
  /** The requester isn't an installation of the inbox, or no longer. It gets nothing. */
  | "requester-not-in-inbox"
  /** The request failed, for the reason in the message. Call again when that is mended. */
  | "request-failed"
  /** The worker was closed before the call was done. The work resumes at the next start. */
  | "closed"
  /** The spool no longer has an archive. A new one is created. */
  | "spool-lost"
  /** A step over the network took too long. It is retried. */
  | "deadline"
  /** A reader of `updates` left too many of them unread. Subscribe again, and read `requests`. */
  | "updates-overflow";

/** The error of everything in this package. */
export class SyncWorkerError extends HistorySyncError<SyncWorkerErrorCode> {}

export function invalidState(
  expected: string,
  options?: { readonly cause: unknown },
): SyncWorkerError {
  return new SyncWorkerError(
    "invalid-state",
    `expected ${expected} as this version stores it, got other bytes`,
    options,
  );
}

/** Returns the code that logs and requests name for an error. */
export function codeOf(error: unknown): string {
  return error instanceof HistorySyncError ? error.code : "unexpected";
}
