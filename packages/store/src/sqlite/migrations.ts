import { groupStateTables } from "./group-state-schema.js";
import { historyTables } from "./history-schema.js";

/** The tables of the sync worker. States are as it encodes them. */
const requestTables = `
  CREATE TABLE sync_request_states (
    id TEXT PRIMARY KEY,
    created_at_ns INTEGER NOT NULL,
    has_key INTEGER NOT NULL,
    state BLOB NOT NULL
  ) STRICT;
  CREATE TABLE sync_decisions (
    name TEXT PRIMARY KEY
  );
  CREATE TABLE sync_archives (
    id TEXT PRIMARY KEY,
    sent_at_ns INTEGER NOT NULL,
    state BLOB NOT NULL
  ) STRICT;
  CREATE TABLE unsent_preferences (
    id TEXT PRIMARY KEY,
    updates BLOB NOT NULL
  ) STRICT;
  CREATE TABLE hmac_key_audience (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    installations BLOB NOT NULL
  ) STRICT;
`;

/**
 * The steps that bring a database from version n to version n + 1, the first one from an empty database. New databases are
 * made by the same steps. A released step must never change: append another one.
 */
export const migrations: readonly string[] = [
  historyTables + groupStateTables + requestTables,
  // Null is the default of the content type. Messages that were pending by then went out without a push.
  `ALTER TABLE messages ADD COLUMN should_push INTEGER;
   ALTER TABLE mls_outbox ADD COLUMN should_push INTEGER NOT NULL DEFAULT 0;`,
  "CREATE INDEX conversations_of_dm ON conversations (dm_id) WHERE dm_id IS NOT NULL;",
  // The installation that added this one, and its credential. `readded` is a JSON array of installation, sequence and time.
  `ALTER TABLE mls_groups ADD COLUMN added_by BLOB;
   ALTER TABLE mls_groups ADD COLUMN added_by_credential BLOB;
   ALTER TABLE mls_groups ADD COLUMN readded TEXT;`,
];
