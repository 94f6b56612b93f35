import { type IDBPDatabase, type IDBPTransaction, openDB } from "idb";
import { StoreError } from "../errors.js";
import { type Migration, migrate, migrations } from "./migrations.js";
import type { UpgradeTransaction, UpgradingDatabase } from "./object-stores.js";
import type { StoreName, StoreSchema } from "./schema.js";

export type ReadTransaction<Name extends StoreName> = IDBPTransaction<
  StoreSchema,
  Name[],
  "readonly"
>;

export type WriteTransaction<Name extends StoreName> = IDBPTransaction<
  StoreSchema,
  Name[],
  "readwrite"
>;

/**
 * A connection, and the only way to its transactions. A transaction commits as soon as it has no pending request, so
 * `work` must await nothing but requests of its transaction.
 */
export class Database {
  readonly #db: IDBPDatabase<StoreSchema>;

  private constructor(db: IDBPDatabase<StoreSchema>) {
    this.#db = db;
  }

  /**
   * Opens the database or creates it, and brings it to the newest version in one transaction. `onGone` is called when
   * the browser has deleted the database, or when another page wants to: then it is closed for that.
   *
   * @throws {StoreError} `newer-schema`, `unknown-schema`, `quota-exceeded`, `storage-failed`
   */
  static async open(
    name: string,
    onGone: () => void,
    steps: readonly Migration[] = migrations,
  ): Promise<Database> {
    let failed: Promise<unknown> = Promise.resolve();
    try {
      const db = await openDB<StoreSchema>(name, steps.length, {
        upgrade(typed, oldVersion, _, typedTx) {
          const db = typed as unknown as UpgradingDatabase;
          const tx = typedTx as unknown as UpgradeTransaction;
          failed = migrate(db, tx, oldVersion, steps).catch((error) =>
            aborted(tx, error),
          );
        },
        blocking: onGone,
        terminated: onGone,
      });
      return new Database(db);
    } catch (error) {
      if (isDomException(error, "VersionError")) {
        throw await newerSchema(name, steps.length);
      }
      throw storeError((await failed) ?? error);
    }
  }

  read<Name extends StoreName, Result>(
    names: readonly Name[],
    work: (tx: ReadTransaction<Name>) => Promise<Result>,
  ): Promise<Result> {
    return run(() => this.#db.transaction([...names], "readonly"), work);
  }

  /** Runs `work` in one transaction. All of it is durable when this resolves; nothing is written when it rejects. */
  write<Name extends StoreName, Result>(
    names: readonly Name[],
    work: (tx: WriteTransaction<Name>) => Promise<Result>,
  ): Promise<Result> {
    // By default a browser may resolve before the data is on the disk.
    const durability = "strict";
    return run(
      () => this.#db.transaction([...names], "readwrite", { durability }),
      work,
    );
  }

  /** Refuses further calls, and resolves when the earlier ones are done. */
  async close(): Promise<void> {
    const last = this.write([...this.#db.objectStoreNames], async () => {});
    this.#db.close();
    // If the browser has closed it, there is nothing to wait for.
    await last.catch(() => {});
  }
}

interface Transaction {
  readonly done: Promise<void>;
  abort(): void;
}

async function run<Tx extends Transaction, Result>(
  begin: () => Tx,
  work: (tx: Tx) => Promise<Result>,
): Promise<Result> {
  try {
    const tx = begin();
    const result = await work(tx).catch(async (error) => {
      throw await aborted(tx, error);
    });
    await tx.done;
    return result;
  } catch (error) {
    throw storeError(error);
  }
}

/** Aborts the transaction and returns its reason, which says more than the error of one request. */
async function aborted(tx: Transaction, error: unknown): Promise<unknown> {
  try {
    tx.abort();
  } catch {
    // It has ended already.
  }
  const cause = await tx.done.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  return isDomException(error, "AbortError") ? (cause ?? error) : error;
}

async function newerSchema(name: string, newest: number): Promise<StoreError> {
  const databases = await indexedDB.databases();
  const found = databases.find((database) => database.name === name)?.version;
  return new StoreError(
    "newer-schema",
    `expected a database of version ${newest} at most, got ${found}`,
  );
}

function storeError(error: unknown): unknown {
  if (!(error instanceof DOMException)) return error;
  const options = { cause: error };
  switch (error.name) {
    case "QuotaExceededError":
      return new StoreError(
        "quota-exceeded",
        "the browser has no more room for this origin",
        options,
      );
    case "InvalidStateError":
      return new StoreError(
        "closed",
        "expected an open database, got a closed one",
        options,
      );
    default:
      return new StoreError(
        "storage-failed",
        `IndexedDB failed of ${error.name}`,
        options,
      );
  }
}

function isDomException(error: unknown, name: string): boolean {
  return error instanceof DOMException && error.name === name;
}

/**
 * Returns the results of many requests of one transaction. Requests are answered in their order, so only the last one
 * needs a listener: a promise for each takes as long as the request itself.
 */
export function resultsOf<Result>(
  requests: readonly IDBRequest<Result>[],
): Promise<readonly Result[]> {
  const last = requests.at(-1);
  if (!last) return Promise.resolve([]);
  return new Promise((resolve, reject) => {
    last.onsuccess = () => resolve(requests.map(({ result }) => result));
    // A failed request aborts the transaction, and all requests after it.
    last.onerror = () => reject(last.error);
  });
}
