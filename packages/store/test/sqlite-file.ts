import type { DatabaseSync } from "node:sqlite";
import { TemporaryFolder } from "@history-sync/test-kit/folders";
import { openDatabase, SqliteHistory } from "../src/sqlite/index.js";

/** A history in a folder of its own. */
export async function sqliteHistory(): Promise<{
  readonly path: string;
  readonly db: DatabaseSync;
  readonly history: SqliteHistory;
  readonly close: () => Promise<void>;
}> {
  const folder = new TemporaryFolder();
  const path = folder.file("history.db");
  const db = openDatabase(path);
  return {
    path,
    db,
    history: new SqliteHistory(db),
    close: async () => {
      db.close();
      await folder[Symbol.asyncDispose]();
    },
  };
}
