import type { DatabaseSync } from "node:sqlite";
import {
  type ArchiveShelf,
  type AvailableArchive,
  decodeAvailableArchive,
  encodeAvailableArchive,
} from "@history-sync/sync-worker";
import { emptyLog } from "./database.js";

/** Archives that other installations told of. Their keys are gone from the file when they are removed. */
export class SqliteArchiveShelf implements ArchiveShelf {
  readonly #db: DatabaseSync;

  constructor(db: DatabaseSync) {
    this.#db = db;
  }

  async put(archive: AvailableArchive): Promise<void> {
    this.#db
      .prepare(
        `INSERT OR REPLACE INTO sync_archives (id, sent_at_ns, state)
         VALUES (?, ?, ?)`,
      )
      .run(archive.id, archive.sentAtNs, encodeAvailableArchive(archive));
  }

  async list(): Promise<readonly AvailableArchive[]> {
    return this.#db
      .prepare("SELECT state FROM sync_archives ORDER BY sent_at_ns, id")
      .all()
      .map(({ state }) => decodeAvailableArchive(state as Uint8Array));
  }

  async remove(id: string): Promise<void> {
    const { changes } = this.#db
      .prepare("DELETE FROM sync_archives WHERE id = ?")
      .run(id);
    if (Number(changes) > 0) emptyLog(this.#db);
  }
}
