import type { Schema } from "@history-sync/sqlite/node";

/** The tables of a node's database. */
export const schema: Schema = {
  steps: [
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
  ],
  optionalTables: ["replica_of"],
};
