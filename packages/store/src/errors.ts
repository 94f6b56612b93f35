import { HistorySyncError } from "@history-sync/primitives";

/**
 * - `no-file`: the history would live in memory or in a temporary database, which gives no snapshots; open a file, or
 *   take the store of `./memory`.
 * - `newer-schema`: a newer version of this package wrote the database; upgrade.
 * - `unknown-conversation`: a message was to be written whose conversation the store doesn't have; write both at once.
 */
export type StoreErrorCode =
  | "no-file"
  | "newer-schema"
  | "unknown-conversation";

export class StoreError extends HistorySyncError<StoreErrorCode> {}
