import { HistorySyncError } from "@history-sync/primitives";

/**
 * - `no-sync-group`: this installation is in no sync group; call `ensure` first.
 * - `not-in-inbox`: this installation isn't (any more) one of its inbox; only a new registration helps.
 * - `broken-group`: the group can't be mended, and the one before it is too young to be replaced again; try later.
 * - `stale-installations`: the group knows a later state of the inbox than the source of installations; try again.
 * - `invalid-content`: the bytes are no device-sync message; they are skipped.
 * - `unknown-content`: the device-sync message is of a kind that a later release may know; it is kept for some time.
 * - `connection-lost`: the live connection to the node broke; `follow` takes it up again by itself.
 */
export type SyncGroupErrorCode =
  | "no-sync-group"
  | "not-in-inbox"
  | "broken-group"
  | "stale-installations"
  | "invalid-content"
  | "unknown-content"
  | "connection-lost";

export class SyncGroupError extends HistorySyncError<SyncGroupErrorCode> {}
