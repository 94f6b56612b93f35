import { StoreError } from "../errors.js";
import type { Store } from "../store.js";
import { Database } from "./database.js";
import { IndexedDbGroupStateStore } from "./group-state.js";
import { IndexedDbHistory } from "./history.js";
import { takeOwnerLock } from "./owner-lock.js";
import { IndexedDbRequestStore } from "./requests.js";
import { IndexedDbUploadSpool } from "./upload-spool.js";

export interface IndexedDbStoreOptions {
  /** Waits until the tab or worker that has the store lets go of it. Default: false, which throws `in-use`. */
  readonly wait?: boolean;
  /** Hears that the browser took the database away, or that the user did. The store is closed then. */
  readonly onLost?: () => void;
  /** Ends the wait; its reason is thrown. */
  readonly signal?: AbortSignal;
}

/**
 * Opens, or makes, the one database that an installation keeps everything in. One tab or worker has it at a time.
 * Throws `unsupported`, `in-use`, `newer-schema`, `unknown-schema` and `storage-failed`.
 */
export async function openIndexedDbStore(
  name: string,
  options: IndexedDbStoreOptions = {},
): Promise<Store> {
  checkPlatform();
  const letGo = await takeOwnerLock(name, options);
  let closing = false;
  let db: Database | undefined;
  const close = () => {
    if (closing) return;
    closing = true;
    void db?.close().then(letGo);
  };
  const lose = () => {
    if (closing) return;
    close();
    options.onLost?.();
  };
  try {
    db = await Database.open(name, lose);
  } catch (error) {
    letGo();
    throw error;
  }
  return {
    history: new IndexedDbHistory(db),
    groups: new IndexedDbGroupStateStore(db),
    requests: new IndexedDbRequestStore(db),
    spool: new IndexedDbUploadSpool(db),
    close,
  };
}

function checkPlatform(): void {
  for (const [what, found] of [
    ["IndexedDB", globalThis.indexedDB],
    ["Web Locks", globalThis.navigator?.locks],
  ] as const) {
    if (found) continue;
    throw new StoreError(
      "unsupported",
      `expected ${what}, which is neither in Node nor on pages without https`,
    );
  }
}
