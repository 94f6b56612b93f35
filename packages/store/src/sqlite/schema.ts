import type { DatabaseSync } from "node:sqlite";
import { StoreError } from "../errors.js";

const version = 1n;

/**
 * Every field has its column. `unknown` holds, as a protobuf message of the row's type, the fields that this version
 * doesn't know. `import` names the import that brought the row, null for rows of this installation.
 *
 * Messages are a rowid table: with WITHOUT ROWID their random ids would spread every insert over the whole file.
 */
const tables = `
  CREATE TABLE imports (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    cursor INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE conversations (
    id BLOB NOT NULL UNIQUE,
    created_at_ns INTEGER NOT NULL,
    membership_state INTEGER NOT NULL,
    installations_last_checked INTEGER NOT NULL,
    added_by_inbox_id TEXT NOT NULL,
    welcome_id INTEGER,
    rotated_at_ns INTEGER NOT NULL,
    conversation_type INTEGER NOT NULL,
    dm_id TEXT,
    last_message_ns INTEGER,
    message_disappear_from_ns INTEGER,
    message_disappear_in_ns INTEGER,
    creator_inbox_id TEXT, -- null: no immutable metadata
    attributes TEXT, -- a JSON object; null: no mutable metadata
    admin_list TEXT, -- a JSON array
    super_admin_list TEXT, -- a JSON array
    paused_for_version TEXT,
    unknown BLOB,
    metadata_unknown BLOB,
    mutable_metadata_unknown BLOB,
    import INTEGER REFERENCES imports (id)
  ) STRICT;
  CREATE TABLE messages (
    id BLOB NOT NULL UNIQUE,
    group_id BLOB NOT NULL REFERENCES conversations (id),
    decrypted_message_bytes BLOB NOT NULL,
    sent_at_ns INTEGER NOT NULL,
    kind INTEGER NOT NULL,
    sender_installation_id BLOB NOT NULL,
    sender_inbox_id TEXT NOT NULL,
    delivery_status INTEGER NOT NULL,
    content_type_save INTEGER NOT NULL,
    version_major INTEGER NOT NULL,
    version_minor INTEGER NOT NULL,
    authority_id TEXT NOT NULL,
    reference_id BLOB,
    sequence_id INTEGER,
    originator_id INTEGER,
    content_type TEXT NOT NULL,
    unknown BLOB,
    import INTEGER REFERENCES imports (id)
  ) STRICT;
  CREATE INDEX messages_by_time ON messages (sent_at_ns, id);
  CREATE INDEX messages_of_conversation
    ON messages (group_id, sent_at_ns, id);
  CREATE TABLE consent (
    entity_type INTEGER NOT NULL,
    entity TEXT NOT NULL,
    state INTEGER NOT NULL,
    consented_at_ns INTEGER NOT NULL,
    unknown BLOB,
    import INTEGER REFERENCES imports (id),
    PRIMARY KEY (entity_type, entity)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE hmac_key (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    key BLOB NOT NULL,
    cycled_at_ns INTEGER NOT NULL,
    unknown BLOB,
    import INTEGER REFERENCES imports (id)
  ) STRICT;
`;

/** Makes the tables of the history in a new database. Throws `newer-schema` for those of a later version. */
export function createHistoryTables(db: DatabaseSync): void {
  const row = db.prepare("PRAGMA user_version").get();
  const found = BigInt((row?.user_version ?? 0) as bigint);
  if (found > version) {
    throw new StoreError(
      "newer-schema",
      `expected a database of version ${version} at most, got ${found}`,
    );
  }
  if (found === version) return;
  db.exec(`BEGIN; ${tables} PRAGMA user_version = ${version}; COMMIT`);
}
