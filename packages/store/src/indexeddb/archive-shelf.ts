import {
  type ArchiveShelf,
  type AvailableArchive,
  decodeAvailableArchive,
  encodeAvailableArchive,
} from "@history-sync/sync-worker";
import { compareNs } from "../shown.js";
import type { Database } from "./database.js";
import { ownBytes } from "./keys.js";
import { overwrite, remove } from "./overwrite.js";

/** Archives that other installations have announced, in IndexedDB. */
export class IndexedDbArchiveShelf implements ArchiveShelf {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  put(archive: AvailableArchive): Promise<void> {
    return this.#db.write(["sync_archives"], async (tx) => {
      const archives = tx.objectStore("sync_archives");
      await overwrite(archives, archive.id);
      const state = ownBytes(encodeAvailableArchive(archive));
      await archives.put({ id: archive.id, state });
    });
  }

  async list(): Promise<readonly AvailableArchive[]> {
    const records = await this.#db.read(["sync_archives"], (tx) =>
      tx.objectStore("sync_archives").getAll(),
    );
    // They are ordered by id already.
    return records
      .map(({ state }) => decodeAvailableArchive(state))
      .sort((a, b) => compareNs(a.sentAtNs, b.sentAtNs));
  }

  remove(id: string): Promise<void> {
    return this.#db.write(["sync_archives"], (tx) =>
      remove(tx.objectStore("sync_archives"), id),
    );
  }
}
