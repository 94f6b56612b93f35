import fc from "fast-check";
import { expect, test } from "vitest";
import { int64Key, mapBytes, positionKey } from "../src/indexeddb/keys.js";

const int64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
const id = fc.uint8Array({ maxLength: 4 });

test("int64Key sorts as the integers do, negative ones too", () => {
  fc.assert(
    fc.property(int64, int64, (a, b) => {
      const order = a === b ? 0 : a < b ? -1 : 1;
      expect(indexedDB.cmp(int64Key(a), int64Key(b))).toBe(order);
    }),
  );
});

test("positionKey sorts by time, then by id", () => {
  const time = fc.bigInt({ min: -1n, max: 1n });
  fc.assert(
    fc.property(time, id, time, id, (time1, id1, time2, id2) => {
      const byTime = time1 === time2 ? 0 : time1 < time2 ? -1 : 1;
      const expected = byTime || indexedDB.cmp(own(id1), own(id2));
      const keys = [positionKey(time1, id1), positionKey(time2, id2)] as const;
      expect(indexedDB.cmp(...keys)).toBe(expected);
    }),
  );
});

test("mapBytes leaves everything but bytes as it is", () => {
  const value = { a: [1n, own(new Uint8Array([1, 2]))], b: { c: undefined } };
  const mapped = mapBytes(value, (bytes) => new Uint8Array(bytes.length));
  expect(mapped).toEqual({
    a: [1n, new Uint8Array(2)],
    b: { c: undefined },
  });
});

function own(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return new Uint8Array(bytes);
}
