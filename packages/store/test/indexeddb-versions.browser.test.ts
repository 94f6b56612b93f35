import { toBinary } from "@bufbuild/protobuf";
import { sampleGroup } from "@history-sync/archive/testing";
import type { OutboxRecord } from "@history-sync/mls-group";
import { groupIdOf } from "@history-sync/primitives";
import { GroupSaveSchema } from "@history-sync/proto/device-sync";
import { openDB } from "idb";
import { expect, test } from "vitest";
import { Database } from "../src/indexeddb/database.js";
import { openIndexedDbStore } from "../src/indexeddb/index.js";
import { type Migration, migrations } from "../src/indexeddb/migrations.js";
import { databaseName, testStore } from "./indexeddb-store.js";
import { makeVersion1 } from "./indexeddb-version-1.js";

const groupId = groupIdOf(Uint8Array.of(1));
const onItsWay: OutboxRecord = {
  groupId,
  id: "m",
  epoch: 7n,
  message: Uint8Array.of(1),
  hash: Uint8Array.of(2),
  plaintext: Uint8Array.of(3),
  phase: "sent",
  shouldPush: false,
};
const newest = migrations.length;
const nobody = () => {};
const oneMore: Migration = async (db) => {
  db.createObjectStore("later");
};

interface Found {
  readonly version: number;
  readonly stores: readonly string[];
}

/** Returns the content of a database, of any version. */
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

test("a database of version 1 is brought to the newest version", async () => {
  const name = databaseName();
  await makeVersion1(name);
  const before = await openDB(name);
  const { shouldPush: _, ...row } = onItsWay;
  await before.put("mls_outbox", row);
  const dm = sampleGroup(1, { conversationType: 2, dmId: "dm:a:b" });
  for (const group of [dm, sampleGroup(2)]) {
    const row = toBinary(GroupSaveSchema, group);
    await before.put("conversations", { id: group.id, row, written: 1 });
  }
  before.close();
  const { groups, history } = await testStore(name, { wait: true });
  expect(await groups.outbox(groupId)).toEqual([onItsWay]);
  expect(await history.dmGroups("dm:a:b")).toEqual([dm]);
});

test("a later migration step runs, and all earlier records stay", async () => {
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
});

test("a database of a later version is refused and left as it is", async () => {
  const name = databaseName();
  const later = await Database.open(name, nobody, [...migrations, oneMore]);
  await later.close();
  const before = await found(name);
  for (const _ of [1, 2]) {
    await expect(openIndexedDbStore(name, { wait: true })).rejects.toThrow(
      `[newer-schema] expected a database of version ${newest} at most, got ${newest + 1}`,
    );
  }
  expect(await found(name)).toEqual(before);
});

test("a migration step that fails undoes all steps", async () => {
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

test("a database from before the first release is refused and left as it is", async () => {
  const name = databaseName();
  const older = await openDB(name, 1, {
    upgrade: (db) => void db.createObjectStore("messages"),
  });
  older.close();
  const before = await found(name);
  for (const _ of [1, 2]) {
    await expect(openIndexedDbStore(name, { wait: true })).rejects.toThrow(
      "[unknown-schema] expected the object stores of version 1, got others",
    );
  }
  expect(await found(name)).toEqual(before);
});
