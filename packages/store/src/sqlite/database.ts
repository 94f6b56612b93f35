import type { DatabaseSync } from "node:sqlite";

/** A writer waits this long for another one. */
export const busyTimeoutMs = 5_000;

/**
 * Makes a connection one of ours.
 * 20 MiB of cache holds the hashes of a million message ids, which are looked up and written at random.
 * 64 MiB of log before it is copied into the file: pages that every transaction changes are copied once for many.
 * `secure_delete`, since keys that are taken away must be gone. `synchronous = FULL`, since MLS state that was lost after its message went out would use a key twice.
 */
export function configure(db: DatabaseSync): void {
  db.exec(`
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = FULL;
    PRAGMA foreign_keys = ON;
    PRAGMA secure_delete = ON;
    PRAGMA cache_size = -20480;
    PRAGMA wal_autocheckpoint = 16384;
  `);
}

/**
 * Empties the write-ahead log, in which keys that were taken away may still stand. Doesn't wait for readers, since an
 * export may read for a long time: then it is done the next time.
 */
export function emptyLog(db: DatabaseSync): void {
  db.exec("PRAGMA busy_timeout = 0");
  try {
    db.prepare("PRAGMA wal_checkpoint(TRUNCATE)").all();
  } finally {
    db.exec(`PRAGMA busy_timeout = ${busyTimeoutMs}`);
  }
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
    // A full disk may have rolled it back already.
    if (db.isTransaction) db.exec("ROLLBACK");
    throw error;
  }
}
