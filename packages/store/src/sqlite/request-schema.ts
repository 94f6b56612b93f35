/** What the sync worker keeps: states are as it encodes them. */
export const requestTables = `
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
