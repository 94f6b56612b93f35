import { StoreError } from "../errors.js";
import type { Store } from "../store.js";
import { Database } from "./database.js";
import { IndexedDbGroupStateStore } from "./group-state.js";
import { IndexedDbHistory } from "./history.js";
import { IndexedDbRequestStore } from "./requests.js";
import { IndexedDbUploadSpool } from "./upload-spool.js";

/** How to wait for a store that another tab has open, and how to learn of its loss. */
export interface IndexedDbStoreOptions {
  /** True to wait until the tab or worker that has the store open closes it. Default: false, which throws `in-use`. */
  readonly wait?: boolean;
  /** Called when the browser or the user has deleted the database. The store is closed then. */
  readonly onLost?: () => void;
  /** Ends the wait; then its reason is thrown. */
  readonly signal?: AbortSignal;
}

/**
 * Opens the database that an installation keeps everything in, or creates it. One tab or worker has it open at a time.
 *
 * @throws {StoreError} `unsupported`, `in-use`, `newer-schema`, `unknown-schema`, `quota-exceeded`, `storage-failed`
 *
 * @example
 * ```ts
 * import { openIndexedDbStore } from "@history-sync/store/indexeddb";
 *
 * const store = await openIndexedDbStore("installation", { wait: true });
 * console.log(await store.history.counts());
 * store.close();
 * ```
 */
export async function openIndexedDbStore(
  name: string,
  options: IndexedDbStoreOptions = {},
): Promise<Store> {
  checkPlatform();
  const release = await acquireOwnerLock(name, options);
  let closing = false;
  let db: Database | undefined;
  const close = () => {
    if (closing) return;
    closing = true;
    void db?.close().then(release);
  };
  const lose = () => {
    if (closing) return;
    close();
    options.onLost?.();
  };
  try {
    db = await Database.open(name, lose);
  } catch (error) {
    release();
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

/**
 * Acquires the lock of the one tab or worker that has the store open, and returns the function that releases it. The lock
 * of a tab that is closed or crashes is released too.
 *
 * @throws {StoreError} `in-use`
 */
function acquireOwnerLock(
  name: string,
  { wait = false, signal }: IndexedDbStoreOptions,
): Promise<() => void> {
  signal?.throwIfAborted();
  return new Promise((resolve, reject) => {
    navigator.locks
      .request(
        `history-sync store ${name}`,
        { ...(wait ? signal && { signal } : { ifAvailable: true }) },
        (lock) => {
          if (lock) return new Promise<void>(resolve);
          throw new StoreError(
            "in-use",
            "expected a store that isn't open, got one that another tab or worker has open",
          );
        },
      )
      .catch(reject);
  });
}
