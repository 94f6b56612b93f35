import type { DatabaseSync } from "node:sqlite";
import { withSqliteErrors } from "./sqlite-errors.js";

/**
 * Runs `work` in one transaction and returns its result. All of it is committed, or nothing if anything throws.
 *
 * @throws {SqliteError} for an error that SQLite threw. Errors of the work itself pass as they are.
 */
export function transaction<Result>(
  db: DatabaseSync,
  work: () => Result,
): Result {
  return withSqliteErrors(() => {
    db.exec("BEGIN IMMEDIATE");
    try {
      const result = work();
      db.exec("COMMIT");
      return result;
    } catch (error) {
      // SQLite may have rolled it back already, as it does when the disk is full.
      if (db.isTransaction) db.exec("ROLLBACK");
      throw error;
    }
  });
}

/**
 * Copies the write-ahead log into the database and truncates it, so that deleted secrets don't remain in it. It doesn't
 * wait for readers, which may hold the log for a long time: then a later call truncates it.
 *
 * @throws {SqliteError} for an error that SQLite threw
 */
export function truncateLog(db: DatabaseSync): void {
  withSqliteErrors(() => {
    const busyTimeout = db.prepare("PRAGMA busy_timeout").get()?.timeout;
    db.exec("PRAGMA busy_timeout = 0");
    try {
      db.prepare("PRAGMA wal_checkpoint(TRUNCATE)").all();
    } finally {
      db.exec(`PRAGMA busy_timeout = ${busyTimeout}`);
    }
  });
}
