import { expect, test } from "vitest";
import { overwrite, remove } from "../src/indexeddb/overwrite.js";

/** An object store that notes what is done to it. */
function noting(keyPath: string | null, record: unknown) {
  const calls: unknown[] = [];
  const store = {
    keyPath,
    get: async (_key: string) => record,
    put: async (...put: unknown[]) => calls.push(["put", ...put]),
    delete: async (key: string) => {
      calls.push(["delete", key]);
    },
  };
  return { store, calls };
}

const record = {
  id: "a",
  key: Uint8Array.of(1, 2, 3),
  welcomes: [{ data: Uint8Array.of(4) }],
};
const zeros = {
  id: "a",
  key: new Uint8Array(3),
  welcomes: [{ data: new Uint8Array(1) }],
};

test("remove overwrites a record with zeros before it deletes it", async () => {
  const { store, calls } = noting(null, record);
  await remove(store, "k");
  expect(calls).toEqual([
    ["put", zeros, "k"],
    ["delete", "k"],
  ]);
});

test("overwrite puts a record that contains its key without one", async () => {
  const { store, calls } = noting("id", record);
  await overwrite(store, "a");
  expect(calls).toEqual([["put", zeros]]);
});

test("overwrite and remove write nothing where there is no record", async () => {
  const { store, calls } = noting(null, undefined);
  await overwrite(store, "k");
  expect(calls).toEqual([]);
});
