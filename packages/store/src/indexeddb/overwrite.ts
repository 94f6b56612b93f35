import { mapBytes } from "./keys.js";

/** What is needed of an object store. */
interface Overwritable<Key, Record> {
  readonly keyPath: string | string[] | null;
  get(key: Key): Promise<Record | undefined>;
  put(record: Record, key?: Key): Promise<unknown>;
}

/**
 * Writes zeros over the bytes of a record, as many as there were, so that a browser that keeps records in place keeps
 * nothing of them. Not for records whose key is of bytes.
 */
export async function overwrite<Key, Record>(
  store: Overwritable<Key, Record>,
  key: Key,
): Promise<void> {
  const old = await store.get(key);
  if (old === undefined) return;
  const zeros = mapBytes(old, (bytes) => new Uint8Array(bytes.length));
  await store.put(zeros, store.keyPath === null ? key : undefined);
}
