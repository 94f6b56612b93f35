import { DatabaseSync } from "node:sqlite";
import { DeliveryServiceError } from "../errors.js";
import { sqliteError } from "./sqlite-error.js";

const schemaVersion = 1n;

/**
 * Opens or creates the node's database. Integers come back as `bigint`: ids and nanoseconds don't fit a double.
 * `synchronous = FULL`: what is acknowledged is on disk. One process at a time: a second one is refused.
 */
export function openDatabase(path: string): DatabaseSync {
  let db: DatabaseSync | undefined;
  try {
    db = new DatabaseSync(path, { readBigInts: true });
    db.exec(`
      PRAGMA locking_mode = EXCLUSIVE;
      PRAGMA journal_mode = WAL;
      PRAGMA synchronous = FULL;
      PRAGMA cache_size = -65536;
    `);
    prepareSchema(db);
    return db;
  } catch (error) {
    db?.close();
    throw sqliteError(error);
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

function prepareSchema(db: DatabaseSync): void {
  const found = db.prepare("PRAGMA user_version").get()?.user_version;
  if (found === schemaVersion) return;
  if (found !== 0n) {
    throw new DeliveryServiceError(
      "storage-failed",
      `expected a database of version ${schemaVersion}, got ${found}`,
    );
  }
  // AUTOINCREMENT: an id is never given twice, even after its entry was deleted.
  transaction(db, () =>
    db.exec(`
      CREATE TABLE entries (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        topic TEXT NOT NULL,
        created_at_ns INTEGER NOT NULL,
        digest BLOB,
        body BLOB NOT NULL
      ) STRICT;
      CREATE INDEX entries_of_topic ON entries (topic, id);
      CREATE UNIQUE INDEX digests_of_topic ON entries (topic, digest) WHERE digest IS NOT NULL;
      PRAGMA user_version = ${schemaVersion};
    `),
  );
}
