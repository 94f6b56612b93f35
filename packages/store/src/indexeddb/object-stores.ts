import type { IDBPDatabase, IDBPTransaction } from "idb";

/** A database during an upgrade: its object stores are those of an older version than `StoreSchema`. */
export type UpgradingDatabase = IDBPDatabase<unknown>;
export type UpgradeTransaction = IDBPTransaction<
  unknown,
  string[],
  "versionchange"
>;

/** Object stores by name, with the properties that never change after creation. */
export type ObjectStores = Readonly<Record<string, ObjectStore>>;

interface ObjectStore {
  readonly keyPath?: string | string[];
  readonly autoIncrement?: true;
  readonly indexes?: Readonly<Record<string, Index>>;
}

interface Index {
  readonly keyPath: string | string[];
  readonly unique?: true;
}

export function createStores(
  db: UpgradingDatabase,
  stores: ObjectStores,
): void {
  for (const [name, { indexes = {}, ...options }] of Object.entries(stores)) {
    const store = db.createObjectStore(name, options);
    for (const [index, { keyPath, unique = false }] of Object.entries(
      indexes,
    )) {
      store.createIndex(index, keyPath, { unique });
    }
  }
}

/** Returns true if a database has these object stores with these indexes, and no others. */
export function hasStores(
  tx: UpgradeTransaction,
  stores: ObjectStores,
): boolean {
  const expected = Object.entries(stores).map(([name, store]) =>
    shape(name, store, Object.entries(store.indexes ?? {})),
  );
  const found = [...tx.objectStoreNames].map((name) => {
    const store = tx.objectStore(name);
    const indexes = [...store.indexNames].map(
      (index) => [index, store.index(index)] as const,
    );
    return shape(name, store, indexes);
  });
  return found.sort().join("\n") === expected.sort().join("\n");
}

interface Keys {
  readonly keyPath?: string | string[] | null;
  readonly autoIncrement?: boolean;
  readonly unique?: boolean;
}

function shape(
  name: string,
  { keyPath = null, autoIncrement = false }: Keys,
  indexes: readonly (readonly [string, Keys])[],
): string {
  const ofIndexes = indexes.map(([index, { keyPath, unique = false }]) =>
    JSON.stringify([index, keyPath, unique]),
  );
  return JSON.stringify([name, keyPath, autoIncrement, ofIndexes.sort()]);
}
