import { sampleGroup } from "@history-sync/archive/testing";
import { openDB } from "idb";
import { expect, test } from "vitest";
import { Database } from "../src/indexeddb/database.js";
import { openIndexedDbStore } from "../src/indexeddb/index.js";
import { type Migration, migrations } from "../src/indexeddb/migrations.js";
import { databaseName, testStore } from "./indexeddb-store.js";

const newest = migrations.length;
const nobody = () => {};
const oneMore: Migration = async (db) => {
  db.createObjectStore("later");
};

interface Found {
  readonly version: number;
  readonly stores: readonly string[];
}

/** What stands in a database, whoever made it. */
async function found(name: string): Promise<Found> {
  const db = await openDB(name);
  const { version, objectStoreNames } = db;
  db.close();
  return { version, stores: [...objectStoreNames] };
}

/** A store with a conversation in it, closed again. */
async function leftStore(name: string): Promise<void> {
  const store = await testStore(name);
  await store.history.put({ groups: [sampleGroup(1)] });
  store.close();
}

test("a new database has the newest version", async () => {
  const name = databaseName();
  await leftStore(name);
  const { version, stores } = await found(name);
  expect(version).toBe(newest);
  expect(stores).toEqual(
    expect.arrayContaining(["messages", "mls_groups", "sync_requests"]),
  );
});

test("a later step is taken, and all earlier records stay", async () => {
  const name = databaseName();
  await leftStore(name);
  const steps = [...migrations, oneMore];
  const db = await Database.open(name, nobody, steps);
  expect(
    await db.read(["conversations"], (tx) =>
      tx.objectStore("conversations").count(),
    ),
  ).toBe(1);
  await db.close();
  const { version, stores } = await found(name);
  expect(version).toBe(newest + 1);
  expect(stores).toContain("later");
  await expect(openIndexedDbStore(name, { wait: true })).rejects.toThrow(
    `[newer-schema] expected a database of version ${newest} at most, got ${newest + 1}`,
  );
});

test("a step that fails takes all of them back", async () => {
  const name = databaseName();
  await leftStore(name);
  const before = await found(name);
  const steps = [
    ...migrations,
    oneMore,
    async () => {
      throw new RangeError("no power");
    },
  ];
  await expect(Database.open(name, nobody, steps)).rejects.toThrow("no power");
  expect(await found(name)).toEqual(before);
  const store = await testStore(name, { wait: true });
  expect(await store.history.conversations()).toEqual([sampleGroup(1)]);
});
