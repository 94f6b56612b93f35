/** Bytes as IndexedDB stores and returns them: with a buffer of their own. */
export type Bytes = Uint8Array<ArrayBuffer>;

const int64Bytes = 8;
const signBit = 1n << 63n;

/** Returns a 64-bit integer as a key. IndexedDB has no `bigint` keys, and compares bytes as unsigned numbers. */
export function int64Key(value: bigint): Bytes {
  const key = new Uint8Array(int64Bytes);
  // The sign bit is inverted, so that negative numbers come first.
  new DataView(key.buffer).setBigUint64(0, BigInt.asUintN(64, value) ^ signBit);
  return key;
}

/** Returns the key of a message in the order of `sent_at_ns` and `id`. */
export function positionKey(sentAtNs: bigint, id: Uint8Array): Bytes {
  const key = new Uint8Array(int64Bytes + id.length);
  key.set(int64Key(sentAtNs));
  key.set(id, int64Bytes);
  return key;
}

/** A key after all keys of bytes: IndexedDB orders arrays last. */
export const afterAllBytes: IDBValidKey = [];

/** Returns a copy with a buffer of its own. Of a view, IndexedDB would store the whole buffer. */
export function ownBytes(bytes: Uint8Array): Bytes {
  return new Uint8Array(bytes);
}

/** Maps every byte array in a value of plain objects and arrays. */
export function mapBytes<Value>(
  value: Value,
  map: (bytes: Uint8Array) => Bytes,
): Value {
  const mapped = (inner: unknown): unknown => {
    if (inner instanceof Uint8Array) return map(inner);
    if (Array.isArray(inner)) return inner.map(mapped);
    if (typeof inner !== "object" || inner === null) return inner;
    return Object.fromEntries(
      Object.entries(inner).map(([name, field]) => [name, mapped(field)]),
    );
  };
  return mapped(value) as Value;
}
