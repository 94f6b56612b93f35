import { mapBytes } from "./keys.js";

/** What is needed of an object store. */
export interface Overwritable<Key, Record> {
  readonly keyPath: string | string[] | null;
  get(key: Key): Promise<Record | undefined>;
  put(record: Record, key?: Key): Promise<unknown>;
  delete(key: Key): Promise<void>;
}

/**
 * Writes zeros over the bytes of a record, as many as there were, so that a browser that keeps records in place keeps
 * nothing of them. The key stays, where it stands in the record.
 */
export async function overwrite<Key, Record>(
  store: Overwritable<Key, Record>,
  key: Key,
): Promise<void> {
  const old = await store.get(key);
  if (old === undefined) return;
  const zeros = mapBytes(old, (bytes) => new Uint8Array(bytes.length));
  const { keyPath } = store;
  if (keyPath === null) await store.put(zeros, key);
  else await store.put({ ...zeros, ...keyIn(old, keyPath) });
}

function keyIn<Record>(
  record: Record,
  keyPath: string | readonly string[],
): Partial<Record> {
  const names = [keyPath].flat() as (keyof Record)[];
  return Object.fromEntries(
    names.map((name) => [name, record[name]]),
  ) as Partial<Record>;
}

/** Overwrites a record, then deletes it. */
export async function remove<Key, Record>(
  store: Overwritable<Key, Record>,
  key: Key,
): Promise<void> {
  await overwrite(store, key);
  await store.delete(key);
}
