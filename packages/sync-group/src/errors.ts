import { HistorySyncError } from "@history-sync/primitives";

/**
 * - `no-sync-group`: this installation is in no sync group; call `ensure` first.
 * - `not-in-inbox`: the inbox doesn't have this installation (any more); only a new registration helps.
 * - `broken-group`: the group is broken, and too new to be replaced again; try later.
 * - `stale-installations`: the group follows a later state of the inbox than the source of installations has; try again.
 * - `invalid-content`: the bytes are no device-sync message; they are skipped.
 * - `unknown-content`: the device-sync message is of a kind that a later release may know; it is kept for some time.
 * - `subscription-ended`: `subscribe` of the delivery service ended although its signal didn't abort; its adapter must reconnect.
 */
export type SyncGroupErrorCode =
  | "no-sync-group"
  | "not-in-inbox"
  | "broken-group"
  | "stale-installations"
  | "invalid-content"
  | "unknown-content"
  | "subscription-ended";

/** The error of sync groups. MLS errors of the group itself are `MlsGroupError`. */
export class SyncGroupError extends HistorySyncError<SyncGroupErrorCode> {}
