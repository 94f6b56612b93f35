import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import type { ReceivedRecord } from "@history-sync/mls-group";
import { MemoryGroupStateStore } from "@history-sync/mls-group/memory";
import { groupStateStoreContract } from "@history-sync/mls-group/testing";
import { groupIdOf, installationIdOf } from "@history-sync/primitives";
import { TemporaryFolder } from "@history-sync/test-kit/folders";
import { afterAll, expect, test } from "vitest";
import { SqliteGroupStateStore } from "../src/sqlite/group-state.js";
import { openDatabase } from "../src/sqlite/index.js";

const folders: TemporaryFolder[] = [];
const databases: DatabaseSync[] = [];

afterAll(async () => {
  for (const db of databases) db.close();
  for (const folder of folders) await folder[Symbol.asyncDispose]();
});

function newFolder(): string {
  const folder = new TemporaryFolder();
  folders.push(folder);
  return folder.path;
}

function openIn(folder: string): SqliteGroupStateStore {
  const db = openDatabase(join(folder, "mls.db"));
  databases.push(db);
  return new SqliteGroupStateStore(db);
}

groupStateStoreContract("SqliteGroupStateStore", async () => {
  const folder = newFolder();
  return { store: openIn(folder), reopen: async () => openIn(folder) };
});

groupStateStoreContract("MemoryGroupStateStore", async () => {
  const store = new MemoryGroupStateStore();
  return { store, reopen: async () => store };
});

const groupId = groupIdOf(Uint8Array.of(1));
const secret = new TextEncoder().encode("a key that opens an archive");

const received: ReceivedRecord = {
  groupId,
  sequence: 1n,
  sender: installationIdOf(new Uint8Array(32)),
  credential: new Uint8Array(),
  own: false,
  epoch: 1n,
  sentAtNs: 1n,
  plaintext: secret,
};

test("t18: SqliteGroupStateStore leaves nothing of a handled message in the database's files", async () => {
  const folder = newFolder();
  const store = openIn(folder);
  const row = {
    groupId,
    id: "m",
    epoch: 1n,
    message: new Uint8Array(9),
    hash: new Uint8Array(9),
    plaintext: secret,
    phase: "sent",
    shouldPush: false,
  } as const;
  await store.commit({ outbox: [row] });
  await store.commit({ outboxDone: [row], received: [received] });
  expect(await filesWith(folder, secret)).not.toEqual([]);
  await store.commit({ handled: [received] });
  expect(await filesWith(folder, secret)).toEqual([]);
});

test("SqliteGroupStateStore leaves nothing of a removed key package or group in the database's files", async () => {
  const folder = newFolder();
  const store = openIn(folder);
  const keyPackage = {
    initKey: new Uint8Array(32),
    bytes: new Uint8Array(9),
    initPrivateKey: secret,
    encryptionPrivateKey: secret,
    welcomeKey: { publicKey: new Uint8Array(9), privateKey: secret },
    createdAtNs: 1n,
    published: true,
  };
  await store.commit({ keyPackages: [keyPackage] });
  expect(await filesWith(folder, secret)).not.toEqual([]);
  await store.commit({ keyPackagesDone: [keyPackage] });
  expect(await filesWith(folder, secret)).toEqual([]);

  const group = {
    id: groupId,
    state: { engine: "an-engine", version: 1, bytes: secret },
    epoch: 1n,
    cursor: 1n,
    createdAtNs: 1n,
    active: true,
    keysRenewedAtNs: 1n,
    welcomes: [],
  };
  await store.commit({ groups: [group] });
  expect(await filesWith(folder, secret)).not.toEqual([]);
  const state = { ...group.state, bytes: new Uint8Array() };
  await store.commit({ groups: [{ ...group, state, active: false }] });
  expect(await filesWith(folder, secret)).toEqual([]);
});

test("SqliteGroupStateStore doesn't wait for a reader that holds the log", async () => {
  const folder = newFolder();
  const store = openIn(folder);
  await store.commit({ received: [received] });
  const reader = openDatabase(join(folder, "mls.db"));
  reader.exec("BEGIN; SELECT * FROM mls_received");
  await store.commit({ handled: [received] });
  expect(await store.received(groupId)).toEqual([]);
  reader.exec("COMMIT");
  reader.close();
  await store.commit({ received: [received] });
  await store.commit({ handled: [received] });
  expect(await filesWith(folder, secret)).toEqual([]);
});

test("SqliteGroupStateStore writes nothing of a transaction that fails", async () => {
  const store = openIn(newFolder());
  const wrong = { ...received, plaintext: null as unknown as Uint8Array };
  const installation = {
    signatureKey: secret,
    credential: secret,
    welcomeCursor: 0n,
  };
  await expect(
    store.commit({ installation, received: [wrong] }),
  ).rejects.toThrow();
  expect(await store.installation()).toBeUndefined();
});

async function filesWith(
  folder: string,
  bytes: Uint8Array,
): Promise<readonly string[]> {
  const found: string[] = [];
  for (const name of await readdir(folder)) {
    const content = await readFile(join(folder, name));
    if (content.includes(Buffer.from(bytes))) found.push(name);
  }
  return found;
}
