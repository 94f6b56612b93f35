import { deleteDB } from "idb";
import { onTestFinished } from "vitest";
import type { Store } from "../src/index.js";
import {
  type IndexedDbStoreOptions,
  openIndexedDbStore,
} from "../src/indexeddb/index.js";

let databases = 0;

/** The name of a database that is deleted after the test. */
export function databaseName(): string {
  const name = `history-sync-test-${++databases}`;
  onTestFinished(() => deleteDB(name));
  return name;
}

/** A store for one test. */
export async function testStore(
  name: string = databaseName(),
  options: IndexedDbStoreOptions = {},
): Promise<Store> {
  const store = await openIndexedDbStore(name, options);
  onTestFinished(() => store.close());
  return store;
}
