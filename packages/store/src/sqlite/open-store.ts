import type { Store } from "../store.js";
import { SqliteGroupStateStore } from "./group-state.js";
import { SqliteHistory } from "./history.js";
import { migrate } from "./migrate.js";
import { connect, lockOf } from "./open-database.js";
import { SqliteRequestStore } from "./requests.js";
import { FileUploadSpool } from "./upload-spool.js";

/**
 * Opens, or makes, the one file that an installation keeps everything in; only sealed archives on their way to a server
 * are in a folder beside it. It is open once at a time: MLS state that two go on from would use a key twice. Throws
 * `in-use`, `no-file`, `newer-schema` and `unknown-schema`.
 */
export function openSqliteStore(path: string): Store {
  const db = connect(path);
  let letGo: (() => void) | undefined;
  const close = () => {
    if (!db.isOpen) return;
    db.close();
    letGo?.();
  };
  try {
    letGo = lockOf(db);
    migrate(db);
    return {
      history: new SqliteHistory(db),
      groups: new SqliteGroupStateStore(db),
      requests: new SqliteRequestStore(db),
      spool: new FileUploadSpool(`${path}-spool`),
      close,
    };
  } catch (error) {
    close();
    throw error;
  }
}
