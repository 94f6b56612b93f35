/** Bytes as IndexedDB takes and gives them: with a buffer of their own. */
export type Bytes = Uint8Array<ArrayBuffer>;

const int64Bytes = 8;
const signBit = 1n << 63n;

/** A 64-bit integer as a key: IndexedDB has no keys of `bigint`, and compares bytes as unsigned ones. */
export function int64Key(value: bigint): Bytes {
  const key = new Uint8Array(int64Bytes);
  // The sign bit is turned over, so that negative numbers come before the others.
  new DataView(key.buffer).setBigUint64(0, BigInt.asUintN(64, value) ^ signBit);
  return key;
}

/** Where a message stands in the order of `sent_at_ns` and `id`. */
export function positionKey(sentAtNs: bigint, id: Uint8Array): Bytes {
  const key = new Uint8Array(int64Bytes + id.length);
  key.set(int64Key(sentAtNs));
  key.set(id, int64Bytes);
  return key;
}

/** After every key of bytes: in IndexedDB's order arrays come last. */
export const afterAllBytes: IDBValidKey = [];

/** A copy with a buffer of its own: of a view, IndexedDB would store all of what it looks into. */
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
