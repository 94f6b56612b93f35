import { DatabaseSync } from "node:sqlite";
import { busyTimeoutMs, configure } from "./database.js";
import { isCurrent, migrate } from "./migrate.js";
import { takeOwnerLock } from "./owner-lock.js";

/**
 * Opens, or makes, a database of ours. Integers come back as `bigint`: nanoseconds don't fit a double. It takes no lock,
 * but for as long as a new file is made, or an older one is brought to the newest version.
 * Throws `newer-schema` and `unknown-schema`, and `in-use` where it would have to change the tables.
 */
export function openDatabase(path: string): DatabaseSync {
  const db = connect(path);
  let letGo: (() => void) | undefined;
  try {
    if (isCurrent(db)) return db;
    letGo = lockOf(db);
    migrate(db);
    return db;
  } catch (error) {
    db.close();
    throw error;
  } finally {
    letGo?.();
  }
}

/** Connects to a database of any version up to the newest; one that isn't is left as it is. Throws as `isCurrent` does. */
export function connect(path: string): DatabaseSync {
  const db = new DatabaseSync(path, {
    readBigInts: true,
    timeout: busyTimeoutMs,
  });
  try {
    isCurrent(db);
    configure(db);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

/** Takes the owner lock of a database's file; one in memory has none. */
export function lockOf(db: DatabaseSync): (() => void) | undefined {
  const file = db.location();
  return file === null ? undefined : takeOwnerLock(file);
}
