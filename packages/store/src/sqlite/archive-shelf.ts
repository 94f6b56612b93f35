import type { DatabaseSync } from "node:sqlite";
import {
  type ArchiveShelf,
  type AvailableArchive,
  decodeAvailableArchive,
  encodeAvailableArchive,
} from "@history-sync/sync-worker";
import { statements, truncateLog } from "./database.js";

/** Archives that other installations have announced. A removed one leaves no key in the file. */
export class SqliteArchiveShelf implements ArchiveShelf {
  readonly #db: DatabaseSync;

  constructor(db: DatabaseSync) {
    this.#db = db;
  }

  async put(archive: AvailableArchive): Promise<void> {
    const state = encodeAvailableArchive(archive);
    statements(() =>
      this.#db
        .prepare(
          `INSERT OR REPLACE INTO sync_archives (id, sent_at_ns, state)
           VALUES (?, ?, ?)`,
        )
        .run(archive.id, archive.sentAtNs, state),
    );
  }

  async list(): Promise<readonly AvailableArchive[]> {
    const rows = statements(() =>
      this.#db
        .prepare("SELECT state FROM sync_archives ORDER BY sent_at_ns, id")
        .all(),
    );
    return rows.map(({ state }) => decodeAvailableArchive(state as Uint8Array));
  }

  async remove(id: string): Promise<void> {
    const { changes } = statements(() =>
      this.#db.prepare("DELETE FROM sync_archives WHERE id = ?").run(id),
    );
    if (Number(changes) > 0) truncateLog(this.#db);
  }
}
