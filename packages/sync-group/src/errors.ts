import { HistorySyncError } from "@history-sync/primitives";

/**
 * - `no-sync-group`: this installation is in no sync group; call `ensure` first.
 * - `not-in-inbox`: this installation isn't (any more) one of its inbox; only a new registration helps.
 * - `stale-installations`: the group knows a later state of the inbox than the source of installations; try again.
 * - `invalid-content`: the bytes are no device-sync message or no sync group's extension; they are skipped.
 * - `connection-lost`: the live connection to the node broke; `follow` takes it up again by itself.
 */
export type SyncGroupErrorCode =
  | "no-sync-group"
  | "not-in-inbox"
  | "stale-installations"
  | "invalid-content"
  | "connection-lost";

export class SyncGroupError extends HistorySyncError<SyncGroupErrorCode> {}
