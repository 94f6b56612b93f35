import { HistorySyncError } from "@history-sync/primitives";

/**
 * - `invalid-reply`: another installation's reply lacks a key of 32 bytes or is of an older protocol; it is not used.
 * - `invalid-request`: another installation's request has a field longer than any of ours; it is not answered.
 * - `invalid-state`: the store gave bytes that this version didn't write; restore it, or start with a new one.
 * - `no-history-server`: `historySyncUrl` is empty, so there is nowhere to send an archive; set it, or name a server.
 * - `no-archive`: no installation told of an archive with that pin; look at `listAvailableArchives`.
 * - `unknown-request`: no request has that id; look at `requests`.
 * - `wrong-stage`: the request is past what was asked of it, such as an approval; look at its stage.
 * - `too-long`: the reason given for a no is longer than 200 characters; shorten it.
 * - `moved-on`: the request entered another stage meanwhile; the work on the earlier one ends.
 * - `requester-gone`: who asked is no installation of the inbox any more; it gets nothing.
 * - `gave-up`: the request couldn't be sent, or the archive not be sent or taken in, for the reason in the message; try again when that is mended.
 * - `closed`: the worker was closed before it was done; the work goes on at the next start.
 * - `spool-lost`: the spool no longer has what was put into it; the archive is made anew.
 * - `deadline`: a step over the network took too long; it is tried again.
 */
export type SyncWorkerErrorCode =
  | "invalid-reply"
  | "invalid-request"
  | "invalid-state"
  | "no-history-server"
  | "no-archive"
  | "unknown-request"
  | "wrong-stage"
  | "too-long"
  | "moved-on"
  | "requester-gone"
  | "gave-up"
  | "closed"
  | "spool-lost"
  | "deadline";

export class SyncWorkerError extends HistorySyncError<SyncWorkerErrorCode> {}

export function invalidState(
  expected: string,
  options?: { readonly cause: unknown },
): SyncWorkerError {
  return new SyncWorkerError(
    "invalid-state",
    `expected ${expected} as this version stores it, got something else`,
    options,
  );
}

/** The code that an error is reported by. */
export function codeOf(error: unknown): string {
  return error instanceof HistorySyncError ? error.code : "unexpected";
}
