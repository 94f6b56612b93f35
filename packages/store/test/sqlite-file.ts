import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { openDatabase, SqliteHistory } from "../src/sqlite/index.js";

/** A history in a folder of its own. */
export async function sqliteHistory(): Promise<{
  readonly path: string;
  readonly db: DatabaseSync;
  readonly history: SqliteHistory;
  readonly close: () => Promise<void>;
}> {
  const folder = await mkdtemp(join(tmpdir(), "history-sync-"));
  const path = join(folder, "history.db");
  const db = openDatabase(path);
  return {
    path,
    db,
    history: new SqliteHistory(db),
    close: async () => {
      db.close();
      await rm(folder, { recursive: true });
    },
  };
}
