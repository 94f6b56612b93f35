import { DatabaseSync } from "node:sqlite";
import { SqliteError } from "./errors.js";
import { resultCodeOf, toSqliteError } from "./sqlite-errors.js";

const SQLITE_BUSY = 5;

/** An owner lock that is held. */
export interface OwnerLock {
  /** Releases the lock. The lock file stays. */
  release(): void;
}

/**
 * Acquires the owner lock of the database at `path`, so that at most one process, and one part of it, uses the database as
 * its owner. It is a lock of the operating system on an empty file beside the database, named like it with `-lock` at
 * the end, and ends with the process, however that ends. Connections that don't ask for it aren't affected.
 *
 * @throws {SqliteError} `in-use` when another owner holds the lock
 */
export function acquireOwnerLock(path: string): OwnerLock {
  let lock: DatabaseSync | undefined;
  try {
    lock = new DatabaseSync(`${path}-lock`);
    lock.exec("BEGIN EXCLUSIVE");
  } catch (error) {
    lock?.close();
    throw resultCodeOf(error) === SQLITE_BUSY
      ? inUse(error)
      : toSqliteError(error);
  }
  const held = lock;
  return {
    release() {
      if (held.isOpen) held.close();
    },
  };
}

function inUse(cause: unknown): SqliteError {
  return new SqliteError(
    "in-use",
    "expected a database that isn't open, got one that is open in this process or another",
    { cause },
  );
}
