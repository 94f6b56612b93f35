import type { Store } from "../store.js";
import { openDatabase } from "./database.js";
import { SqliteGroupStateStore } from "./group-state.js";
import { SqliteHistory } from "./history.js";
import { SqliteRequestStore } from "./requests.js";

/** Opens, or makes, the one file that an installation keeps everything in. */
export function openSqliteStore(path: string): Store {
  const db = openDatabase(path);
  return {
    history: new SqliteHistory(db),
    groups: new SqliteGroupStateStore(db),
    requests: new SqliteRequestStore(db),
    close: () => {
      if (db.isOpen) db.close();
    },
  };
}
