import { HistorySyncError } from "@history-sync/primitives";

/** The codes of `SyncGroupError`. */
export type SyncGroupErrorCode =
  /** This installation is in no sync group. Call `ensure` first. */
  | "no-sync-group"
  /** The inbox doesn't have this installation (any more). Only a new registration helps. */
  | "not-in-inbox"
  /** The group is broken, and too new to be replaced again. Try later. */
  | "broken-group"
  /** The group follows a later state of the inbox than the source of installations has. Try again. */
  | "stale-installations"
  /** The bytes are no device-sync message. They are skipped. */
  | "invalid-content"
  /** The device-sync message is of a kind that a later release may know. It is kept for some time. */
  | "unknown-content"
  /** `subscribe` of the delivery service ended although its signal didn't abort. Its adapter must reconnect. */
  | "subscription-ended";

/** The error of sync groups. MLS errors of the group itself are `MlsGroupError`. */
export class SyncGroupError extends HistorySyncError<SyncGroupErrorCode> {}
