import type { DatabaseSync } from "node:sqlite";
import {
  type ArchiveShelf,
  decodeRequest,
  encodeRequest,
  type PreferenceOutbox,
  type RequestStore,
  type SyncRequest,
} from "@history-sync/sync-worker";
import { SqliteArchiveShelf } from "./archive-shelf.js";
import { statements, transaction, truncateLog } from "./database.js";
import { SqlitePreferenceOutbox } from "./preference-outbox.js";

const initialRequest = "initial-request";

/** The worker's requests in SQLite. The key of an archive is in the file only as long as its stage lasts. */
export class SqliteRequestStore implements RequestStore {
  readonly archives: ArchiveShelf;
  readonly outbox: PreferenceOutbox;
  readonly #db: DatabaseSync;

  constructor(db: DatabaseSync) {
    this.#db = db;
    this.archives = new SqliteArchiveShelf(db);
    this.outbox = new SqlitePreferenceOutbox(db);
  }

  async get(id: string): Promise<SyncRequest | undefined> {
    const row = statements(() =>
      this.#db
        .prepare("SELECT state FROM sync_request_states WHERE id = ?")
        .get(id),
    );
    return row && decodeRequest(row.state as Uint8Array);
  }

  async put(request: SyncRequest): Promise<void> {
    const removesKey = transaction(this.#db, () => {
      const hadKey = this.#hasKey(request.id);
      this.#put(request);
      return hadKey && !hasKey(request);
    });
    if (removesKey) truncateLog(this.#db);
  }

  async remove(id: string): Promise<void> {
    const removesKey = transaction(this.#db, () => {
      const hadKey = this.#hasKey(id);
      this.#db.prepare("DELETE FROM sync_request_states WHERE id = ?").run(id);
      return hadKey;
    });
    if (removesKey) truncateLog(this.#db);
  }

  async list(): Promise<readonly SyncRequest[]> {
    const rows = statements(() =>
      this.#db
        .prepare(
          "SELECT state FROM sync_request_states ORDER BY created_at_ns, id",
        )
        .all(),
    );
    return rows.map(({ state }) => decodeRequest(state as Uint8Array));
  }

  async initialRequestDecided(): Promise<boolean> {
    const row = statements(() =>
      this.#db
        .prepare("SELECT 1 FROM sync_decisions WHERE name = ?")
        .get(initialRequest),
    );
    return row !== undefined;
  }

  async decideInitialRequest(request: SyncRequest | undefined): Promise<void> {
    transaction(this.#db, () => {
      this.#db
        .prepare("INSERT OR IGNORE INTO sync_decisions (name) VALUES (?)")
        .run(initialRequest);
      if (request) this.#put(request);
    });
  }

  #hasKey(id: string): boolean {
    const row = this.#db
      .prepare("SELECT has_key FROM sync_request_states WHERE id = ?")
      .get(id);
    return row?.has_key === 1n;
  }

  #put(request: SyncRequest): void {
    this.#db
      .prepare(
        `INSERT OR REPLACE INTO sync_request_states
          (id, created_at_ns, has_key, state) VALUES (?, ?, ?, ?)`,
      )
      .run(
        request.id,
        request.createdAtNs,
        hasKey(request) ? 1 : 0,
        encodeRequest(request),
      );
  }
}

function hasKey({ stage }: SyncRequest): boolean {
  return "archive" in stage || "spooled" in stage;
}
