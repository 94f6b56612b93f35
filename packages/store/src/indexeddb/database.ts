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
 * A connection, and the only way to its transactions. A transaction commits by itself as soon as it has nothing to do, so
 * that `work` must wait for nothing but requests of its transaction.
 */
export class Database {
  readonly #db: IDBPDatabase<StoreSchema>;

  private constructor(db: IDBPDatabase<StoreSchema>) {
    this.#db = db;
  }

  /**
   * Opens, or makes, the database, and brings it to the newest version, all of it in one transaction. `onGone` hears that
   * the browser took it away, or that somebody wants to delete it, for which it is closed. Throws `newer-schema` and
   * `unknown-schema`.
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

  /** All that `work` does is durable when this resolves, or nothing of it is done. */
  write<Name extends StoreName, Result>(
    names: readonly Name[],
    work: (tx: WriteTransaction<Name>) => Promise<Result>,
  ): Promise<Result> {
    // By default a browser may say that it is done before the data is on the disk.
    const durability = "strict";
    return run(
      () => this.#db.transaction([...names], "readwrite", { durability }),
      work,
    );
  }

  /** Takes no more calls; resolves when those that it took are done. */
  async close(): Promise<void> {
    const last = this.write([...this.#db.objectStoreNames], async () => {});
    this.#db.close();
    // Where the browser closed it, there is nothing to wait for.
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

/** Takes everything back; what the transaction failed of says more than what a request of it failed of. */
async function aborted(tx: Transaction, error: unknown): Promise<unknown> {
  try {
    tx.abort();
  } catch {
    // It is over already.
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
 * The results of many requests of one transaction. They are answered in their order, so that only the last is listened
 * to: a promise for each takes as long as the request itself.
 */
export function resultsOf<Result>(
  requests: readonly IDBRequest<Result>[],
): Promise<readonly Result[]> {
  const last = requests.at(-1);
  if (!last) return Promise.resolve([]);
  return new Promise((resolve, reject) => {
    last.onsuccess = () => resolve(requests.map(({ result }) => result));
    // One that fails takes the transaction with it, and all that follow.
    last.onerror = () => reject(last.error);
  });
}
