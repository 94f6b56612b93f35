-- A database of version 1, as it was made before there was another, with an unsent message and one on its way.
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
CREATE TABLE mls_installation (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    signature_key BLOB NOT NULL,
    credential BLOB NOT NULL,
    welcome_cursor INTEGER NOT NULL,
    renew_at_ns INTEGER
  ) STRICT;
CREATE TABLE mls_key_packages (
    init_key BLOB PRIMARY KEY,
    bytes BLOB NOT NULL,
    init_private_key BLOB NOT NULL,
    encryption_private_key BLOB NOT NULL,
    welcome_public_key BLOB,
    welcome_private_key BLOB,
    created_at_ns INTEGER NOT NULL,
    published INTEGER NOT NULL,
    wipe_at_ns INTEGER
  ) STRICT;
CREATE TABLE mls_groups (
    id BLOB PRIMARY KEY,
    state_engine TEXT NOT NULL,
    state_version INTEGER NOT NULL,
    state_bytes BLOB NOT NULL,
    epoch INTEGER NOT NULL,
    cursor INTEGER NOT NULL,
    created_at_ns INTEGER NOT NULL,
    active INTEGER NOT NULL,
    keys_renewed_at_ns INTEGER NOT NULL,
    fork_epoch INTEGER,
    fork_since_ns INTEGER,
    fork_reason TEXT
  ) STRICT;
CREATE TABLE mls_pending_commits (
    group_id BLOB PRIMARY KEY REFERENCES mls_groups (id),
    epoch INTEGER NOT NULL,
    message BLOB NOT NULL,
    hash BLOB NOT NULL,
    state_engine TEXT NOT NULL,
    state_version INTEGER NOT NULL,
    state_bytes BLOB NOT NULL
  ) STRICT;
CREATE TABLE mls_welcomes (
    position INTEGER PRIMARY KEY,
    group_id BLOB NOT NULL REFERENCES mls_groups (id),
    pending INTEGER NOT NULL, -- 1: of the pending commit; 0: of one that counts
    installation_id BLOB NOT NULL,
    data BLOB NOT NULL,
    hpke_public_key BLOB NOT NULL,
    wrapper_algorithm INTEGER NOT NULL,
    metadata BLOB NOT NULL
  ) STRICT;
CREATE TABLE mls_outbox (
    position INTEGER PRIMARY KEY,
    group_id BLOB NOT NULL,
    id TEXT NOT NULL,
    epoch INTEGER NOT NULL,
    message BLOB NOT NULL,
    hash BLOB NOT NULL,
    plaintext BLOB NOT NULL,
    phase TEXT NOT NULL,
    UNIQUE (group_id, id)
  ) STRICT;
CREATE TABLE mls_received (
    group_id BLOB NOT NULL,
    sequence INTEGER NOT NULL,
    sender BLOB NOT NULL,
    credential BLOB NOT NULL,
    own INTEGER NOT NULL,
    epoch INTEGER NOT NULL,
    sent_at_ns INTEGER NOT NULL,
    plaintext BLOB NOT NULL,
    PRIMARY KEY (group_id, sequence)
  ) STRICT;
CREATE TABLE mls_held (
    group_id BLOB NOT NULL,
    sequence INTEGER NOT NULL,
    epoch INTEGER NOT NULL,
    sent_at_ns INTEGER NOT NULL,
    data BLOB NOT NULL,
    PRIMARY KEY (group_id, sequence)
  ) STRICT;
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
CREATE INDEX messages_by_id ON messages (id_hash);
CREATE INDEX messages_by_time ON messages (sent_at_ns, conversation);
CREATE INDEX messages_of_conversation ON messages (conversation, sent_at_ns);
CREATE INDEX messages_unpublished ON messages (conversation) WHERE delivery_status = 1;
CREATE INDEX mls_welcomes_of_group ON mls_welcomes (group_id);
INSERT INTO id_hash_key VALUES (1, zeroblob(64));
INSERT INTO conversations VALUES (
  1, x'01', 5, 1, 0, '', NULL, 0, 1, NULL, 7, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL
);
INSERT INTO senders VALUES (1, x'02', 'alix');
INSERT INTO content_types VALUES (1, 'text', 'xmtp.org', 1, 0, 0);
INSERT INTO messages VALUES (1, x'03', 0, 1, 1, 1, 7, 1, 1, x'04', NULL, NULL, NULL, NULL, NULL);
INSERT INTO mls_outbox VALUES (1, x'01', 'm', 7, x'05', x'06', x'07', 'sent');
PRAGMA user_version = 1;
