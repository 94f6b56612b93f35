import { groupStateTables } from "./group-state-schema.js";
import { historyTables } from "./history-schema.js";
import { requestTables } from "./request-schema.js";

/**
 * What makes a database of version n + 1 of one of version n, from an empty one on. A new one is made by the same steps.
 * A step that was released never changes: what comes after it is a step of its own.
 */
export const migrations: readonly string[] = [
  historyTables + groupStateTables + requestTables,
  // Null: what is usual for the content type. What was on its way already went out without.
  `ALTER TABLE messages ADD COLUMN should_push INTEGER;
   ALTER TABLE mls_outbox ADD COLUMN should_push INTEGER NOT NULL DEFAULT 0;`,
  "CREATE INDEX conversations_of_dm ON conversations (dm_id) WHERE dm_id IS NOT NULL;",
  // The installation that added this one, and its credential; a JSON array of installation, sequence and time of each.
  `ALTER TABLE mls_groups ADD COLUMN added_by BLOB;
   ALTER TABLE mls_groups ADD COLUMN added_by_credential BLOB;
   ALTER TABLE mls_groups ADD COLUMN readded TEXT;`,
];
