import type { DatabaseSync } from "node:sqlite";
import { XmtpNodeError } from "../errors.js";
import { transaction } from "./transaction.js";

/**
 * What makes a database of version n + 1 of one of version n, from an empty one on. A new one is made by the same steps.
 * A step that was released never changes: what comes after it is a step of its own.
 */
export const migrations: readonly string[] = [
  // AUTOINCREMENT: an id is never given twice, even after its entry was deleted.
  `CREATE TABLE entries (
     id INTEGER PRIMARY KEY AUTOINCREMENT,
     topic TEXT NOT NULL,
     created_at_ns INTEGER NOT NULL,
     digest BLOB,
     body BLOB NOT NULL
   ) STRICT;
   CREATE INDEX entries_of_topic ON entries (topic, id);
   CREATE UNIQUE INDEX digests_of_topic ON entries (topic, digest) WHERE digest IS NOT NULL;`,
  // The stream that a replica reads; empty where the file is the only copy. Replicas of version 1 may have it.
  "CREATE TABLE IF NOT EXISTS replica_of (name TEXT NOT NULL) STRICT;",
];

/**
 * Whether a database is of the newest version. Only reads. Throws `newer-schema` for one of a later version, and
 * `unknown-schema` for another program's.
 */
export function isCurrent(
  db: DatabaseSync,
  steps: readonly string[] = migrations,
): boolean {
  const version = versionOf(db);
  if (version > steps.length) {
    throw new XmtpNodeError(
      "newer-schema",
      `expected a database of version ${steps.length} at most, got ${version}`,
    );
  }
  if (version === 0 && db.prepare("SELECT 1 FROM sqlite_schema").get()) {
    throw new XmtpNodeError(
      "unknown-schema",
      "expected a node's database or an empty one, got another program's",
    );
  }
  return version === steps.length;
}

/** Brings a database to the newest version, all of it in one transaction. Throws as `isCurrent` does. */
export function migrate(
  db: DatabaseSync,
  steps: readonly string[] = migrations,
): void {
  transaction(db, () => {
    if (isCurrent(db, steps)) return;
    for (const step of steps.slice(versionOf(db))) db.exec(step);
    db.exec(`PRAGMA user_version = ${steps.length}`);
  });
}

function versionOf(db: DatabaseSync): number {
  return Number(db.prepare("PRAGMA user_version").get()?.user_version);
}
