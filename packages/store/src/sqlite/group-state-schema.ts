/** An MLS state has three columns: the engine that wrote it, its version and its bytes. */
export const groupStateTables = `
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
  CREATE INDEX mls_welcomes_of_group ON mls_welcomes (group_id);
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
`;
