import { HistorySyncError } from "@history-sync/primitives";

/** The codes of `StoreError`, each with its meaning and remedy. */
export type StoreErrorCode =
  /** The database is in memory or temporary, which allows no snapshots. Open a file, or use `./memory`. */
  | "no-file"
  /** Another process, tab or worker has the store open. Close it there, or, in a browser, open with `wait`. */
  | "in-use"
  /** There is no IndexedDB or no Web Locks. Browsers have them on pages over https and on localhost. */
  | "unsupported"
  /**
   * The browser gives the origin no more room, or the disk is full. Free some, or, in a browser, ask the user for more
   * (`navigator.storage.persist`), then call again.
   */
  | "quota-exceeded"
  /** The store was closed, or the browser deleted the database. Open it again. */
  | "closed"
  /** The browser, SQLite or the file system failed to read or write; see `cause`. */
  | "storage-failed"
  /** A newer version of this package wrote the database. Upgrade. */
  | "newer-schema"
  /**
   * No version of this package makes such a database: it is another program's, or was made before the first release. It is
   * left as it is. Use another name, and import the history from another installation.
   */
  | "unknown-schema"
  /** A message was to be written without its conversation. Write both at once. */
  | "unknown-conversation";

/** The error of this package. Errors of SQLite that may pass are `retryable`. */
export class StoreError extends HistorySyncError<StoreErrorCode> {}
