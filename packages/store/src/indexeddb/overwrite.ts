import { mapBytes } from "./keys.js";

/** The part of an object store that this file uses. */
export interface Overwritable<Key, Record> {
  readonly keyPath: string | string[] | null;
  get(key: Key): Promise<Record | undefined>;
  put(record: Record, key?: Key): Promise<unknown>;
  delete(key: Key): Promise<void>;
}

/**
 * Overwrites the bytes in a record with as many zeros, so that a browser that keeps records in place keeps nothing of
 * them. It isn't for records that contain a key of bytes.
 */
export async function overwrite<Key, Record>(
  store: Overwritable<Key, Record>,
  key: Key,
): Promise<void> {
  const old = await store.get(key);
  if (old === undefined) return;
  const zeros = mapBytes(old, (bytes) => new Uint8Array(bytes.length));
  if (store.keyPath === null) await store.put(zeros, key);
  else await store.put(zeros);
}

/** Overwrites a record, then deletes it. */
export async function remove<Key, Record>(
  store: Overwritable<Key, Record>,
  key: Key,
): Promise<void> {
  await overwrite(store, key);
  await store.delete(key);
}
