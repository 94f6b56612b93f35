/**
 * Every field has a column. `unknown` holds the fields that this version doesn't know, as a protobuf message of the
 * row's type. `import` refers to the import that brought the row; it is null for rows of this installation.
 *
 * A message's id is random, so an index of whole ids would outgrow the cache, and every insert would read and write a
 * page of it. Messages are found by a hash of four bytes instead, and rows are kept short by small numbers for what
 * many messages share; the other indexes grow in the order of time. Ids in rows break ties.
 */
export const historyTables = `
  CREATE TABLE imports (
    row INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    cursor INTEGER NOT NULL,
    state BLOB, -- what the import has to know to go on
    archive_id BLOB,
    installation_id BLOB
  ) STRICT;
  CREATE TABLE conversations (
    row INTEGER PRIMARY KEY,
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
    import INTEGER REFERENCES imports (row)
  ) STRICT;
  CREATE TABLE senders (
    row INTEGER PRIMARY KEY,
    installation_id BLOB NOT NULL,
    inbox_id TEXT NOT NULL,
    UNIQUE (installation_id, inbox_id)
  ) STRICT;
  CREATE TABLE content_types (
    row INTEGER PRIMARY KEY,
    content_type TEXT NOT NULL,
    authority_id TEXT NOT NULL,
    version_major INTEGER NOT NULL,
    version_minor INTEGER NOT NULL,
    content_type_save INTEGER NOT NULL,
    UNIQUE (
      content_type, authority_id, version_major, version_minor, content_type_save
    )
  ) STRICT;
  CREATE TABLE messages (
    row INTEGER PRIMARY KEY,
    id BLOB NOT NULL,
    id_hash INTEGER NOT NULL,
    conversation INTEGER NOT NULL REFERENCES conversations (row),
    sender INTEGER NOT NULL REFERENCES senders (row),
    content_type INTEGER NOT NULL REFERENCES content_types (row),
    sent_at_ns INTEGER NOT NULL,
    kind INTEGER NOT NULL,
    delivery_status INTEGER NOT NULL,
    decrypted_message_bytes BLOB NOT NULL,
    reference_id BLOB,
    sequence_id INTEGER,
    originator_id INTEGER,
    unknown BLOB,
    import INTEGER REFERENCES imports (row)
  ) STRICT;
  CREATE INDEX messages_by_id ON messages (id_hash);
  -- With the conversation, so that those that aren't chosen are passed over without a look at their rows.
  CREATE INDEX messages_by_time ON messages (sent_at_ns, conversation);
  CREATE INDEX messages_of_conversation ON messages (conversation, sent_at_ns);
  CREATE INDEX messages_unpublished ON messages (conversation) WHERE delivery_status = 1;
  CREATE TABLE id_hash_key (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    key BLOB NOT NULL
  ) STRICT;
  CREATE TABLE consent (
    entity_type INTEGER NOT NULL,
    entity TEXT NOT NULL,
    state INTEGER NOT NULL,
    consented_at_ns INTEGER NOT NULL,
    unknown BLOB,
    import INTEGER REFERENCES imports (row),
    PRIMARY KEY (entity_type, entity)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE hmac_key (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    key BLOB NOT NULL,
    cycled_at_ns INTEGER NOT NULL,
    unknown BLOB,
    import INTEGER REFERENCES imports (row)
  ) STRICT;
`;
