import { DatabaseSync } from "node:sqlite";
import { isCurrent, migrate } from "./migrations.js";
import { sqliteError } from "./sqlite-error.js";

/**
 * Opens or creates the node's database, and brings it to the newest version; one that it can't be is left as it is.
 * Integers come back as `bigint`: ids and nanoseconds don't fit a double.
 * `synchronous = FULL`: what is acknowledged is on disk. One process at a time: a second one is refused.
 */
export function openDatabase(path: string): DatabaseSync {
  let db: DatabaseSync | undefined;
  try {
    db = new DatabaseSync(path, { readBigInts: true });
    db.exec("PRAGMA locking_mode = EXCLUSIVE");
    isCurrent(db);
    db.exec(`
      PRAGMA journal_mode = WAL;
      PRAGMA synchronous = FULL;
      PRAGMA cache_size = -65536;
    `);
    migrate(db);
    return db;
  } catch (error) {
    db?.close();
    throw sqliteError(error);
  }
}
