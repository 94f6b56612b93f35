import { HistorySyncError } from "@history-sync/primitives";

/**
 * - `no-file`: the history would live in memory or in a temporary database, which gives no snapshots; open a file, or
 *   take the store of `./memory`.
 * - `in-use`: another process, tab or worker has the store open; close it there, or, in a browser, open with `wait`.
 * - `unsupported`: there is no IndexedDB here, or no Web Locks; browsers give them to pages over https and on localhost.
 * - `quota-exceeded`: the browser gives the origin no more room, or the disk is full. Free some, or, in a browser, ask the
 *   user for more (`navigator.storage.persist`), and call again.
 * - `closed`: the store was closed, or the browser took the database away; open it again.
 * - `storage-failed`: the browser, SQLite or the file system failed to read or write; the cause says more.
 * - `newer-schema`: a newer version of this package wrote the database; upgrade.
 * - `unknown-schema`: the database isn't one that a version of this package makes: another program's, or one of the time
 *   before its first release. It is left as it is; take another name, and get the history from another installation.
 * - `unknown-conversation`: a message was to be written whose conversation the store doesn't have; write both at once.
 */
export type StoreErrorCode =
  | "no-file"
  | "in-use"
  | "unsupported"
  | "quota-exceeded"
  | "closed"
  | "storage-failed"
  | "newer-schema"
  | "unknown-schema"
  | "unknown-conversation";

export class StoreError extends HistorySyncError<StoreErrorCode> {}
