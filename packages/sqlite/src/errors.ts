import { HistorySyncError } from "@history-sync/primitives";

/** The codes of `SqliteError`, each with its meaning and remedy. */
export type SqliteErrorCode =
  /** The disk, its quota or the file's own limit is full. Free space, then call again. Retryable. */
  | "full"
  /** Another connection holds a lock that this call needs, for longer than the busy timeout. Retryable. */
  | "busy"
  /** The file couldn't be opened, read or written. Retryable: a disk or a permission may come back. */
  | "io"
  /** The file is damaged. Restore it from a backup, or delete it. */
  | "corrupt"
  /** Another process, or another part of this one, holds the owner lock. Close it there. */
  | "in-use"
  /** The file isn't a database of this schema: it is another program's. It is left as it is. */
  | "foreign"
  /** A later version of the schema wrote the database. It is left as it is; upgrade. */
  | "newer"
  /** SQLite refused the call for another reason, such as a constraint; see `cause`. */
  | "failed";

/** The error of this package. */
export class SqliteError extends HistorySyncError<SqliteErrorCode> {}
