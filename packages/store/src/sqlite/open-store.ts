import type { Store } from "../store.js";
import { open } from "./database.js";
import { SqliteGroupStateStore } from "./group-state.js";
import { SqliteHistory } from "./history.js";
import { SqliteRequestStore } from "./requests.js";
import { FileUploadSpool } from "./upload-spool.js";

/**
 * Opens the file that an installation keeps everything in, or creates it; only sealed archives that are being uploaded are
 * files in a folder beside it. A store is open once at a time: two that continued from one MLS state would use a key
 * twice.
 *
 * @throws {StoreError} `in-use`, `no-file`, `newer-schema`, `unknown-schema`, `quota-exceeded`, `storage-failed`
 *
 * @example
 * ```ts
 * import { openSqliteStore } from "@history-sync/store/sqlite";
 *
 * const store = openSqliteStore("installation.db");
 * console.log(await store.history.counts());
 * store.close();
 * ```
 */
export function openSqliteStore(path: string): Store {
  const { db, close } = open(path, "owner");
  try {
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
