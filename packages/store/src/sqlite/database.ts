import { DatabaseSync } from "node:sqlite";

/**
 * Opens a database of ours. Integers come back as `bigint`: nanoseconds don't fit a double.
 * 64 MiB of cache: ids are random, and with less an import of 100,000 messages takes twice as long.
 * `synchronous = FULL`, since MLS state that was lost after its message went out would use a key twice.
 */
export function openDatabase(path: string): DatabaseSync {
  const db = new DatabaseSync(path, { readBigInts: true });
  db.exec(`
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = FULL;
    PRAGMA foreign_keys = ON;
    PRAGMA busy_timeout = 5000;
    PRAGMA cache_size = -65536;
  `);
  return db;
}

/** Runs `work` in one transaction: all of it is written, or nothing. */
export function transaction<Result>(
  db: DatabaseSync,
  work: () => Result,
): Result {
  db.exec("BEGIN IMMEDIATE");
  try {
    const result = work();
    db.exec("COMMIT");
    return result;
  } catch (error) {
    db.exec("ROLLBACK");
    throw error;
  }
}
