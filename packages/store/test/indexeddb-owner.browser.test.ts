import { sampleGroup } from "@history-sync/archive/testing";
import type { ReceivedRecord } from "@history-sync/mls-group";
import { groupIdOf, installationIdOf } from "@history-sync/primitives";
import { deleteDB } from "idb";
import { expect, onTestFinished, test, vi } from "vitest";
import { openIndexedDbStore } from "../src/indexeddb/index.js";
import { databaseName, testStore } from "./indexeddb-store.js";

const groupId = groupIdOf(Uint8Array.of(1));

test("openIndexedDbStore refuses a second tab, or waits until the first closes", async () => {
  const name = databaseName();
  const first = await testStore(name);
  await expect(openIndexedDbStore(name)).rejects.toMatchObject({
    code: "in-use",
  });
  const waiting = testStore(name, { wait: true });
  // The calls before the close are done before the second is opened.
  const written = first.history.put({ groups: [sampleGroup(1)] });
  first.close();
  first.close();
  await written;
  const second = await waiting;
  expect(await second.history.conversations()).toEqual([sampleGroup(1)]);
});

test("openIndexedDbStore stops waiting when its signal aborts", async () => {
  const name = databaseName();
  await testStore(name);
  const ending = new AbortController();
  const waiting = openIndexedDbStore(name, {
    wait: true,
    signal: ending.signal,
  });
  ending.abort(new RangeError("tired"));
  await expect(waiting).rejects.toThrow("tired");
});

test("a closed tab releases the store", async () => {
  const name = databaseName();
  const tab = document.createElement("iframe");
  document.body.append(tab);
  const held = new Promise<void>((resolve) => {
    void tab.contentWindow?.navigator.locks.request(
      `history-sync store ${name}`,
      () => {
        resolve();
        return new Promise(() => {});
      },
    );
  });
  await held;
  await expect(openIndexedDbStore(name)).rejects.toMatchObject({
    code: "in-use",
  });
  tab.remove();
  await testStore(name, { wait: true });
});

test("a closed store fails with closed", async () => {
  const store = await testStore();
  const snapshot = await store.history.snapshot();
  store.close();
  const closed = { code: "closed" };
  await expect(store.history.conversations()).rejects.toMatchObject(closed);
  await expect(store.history.snapshot()).rejects.toMatchObject(closed);
  await expect(snapshot.hmacKey()).rejects.toMatchObject(closed);
  await expect(store.groups.commit({})).rejects.toMatchObject(closed);
  await expect(store.requests.list()).rejects.toMatchObject(closed);
  await snapshot.close();
});

test("a store whose database is deleted closes and calls onLost", async () => {
  const name = databaseName();
  const onLost = vi.fn();
  const store = await testStore(name, { onLost });
  await deleteDB(name);
  expect(onLost).toHaveBeenCalledOnce();
  await expect(store.groups.groups()).rejects.toMatchObject({ code: "closed" });
  const again = await testStore(name, { wait: true });
  expect(await again.groups.groups()).toEqual([]);
});

test("a write without room writes nothing, and the store still works", async () => {
  // Chromium's buckets have a quota of their own; the rest of the browser's is as large as its disk.
  const { storageBuckets } = navigator as unknown as StorageBuckets;
  const bucket = await storageBuckets.open("small", { quota: 500_000 });
  vi.stubGlobal("indexedDB", bucket.indexedDB);
  onTestFinished(async () => {
    vi.unstubAllGlobals();
    await storageBuckets.delete("small");
  });
  const { groups } = await testStore();
  const rows = [1n, 2n].map((sequence) => received(sequence, 1_000_000));
  await expect(groups.commit({ received: rows })).rejects.toMatchObject({
    code: "quota-exceeded",
  });
  expect(await groups.received(groupId)).toEqual([]);
  await groups.commit({ received: [received(3n, 10)] });
  expect(await groups.received(groupId)).toEqual([received(3n, 10)]);
});

/** As far as it is needed: TypeScript doesn't know it. */
interface StorageBuckets {
  readonly storageBuckets: {
    open(
      name: string,
      options: { readonly quota: number },
    ): Promise<{ readonly indexedDB: IDBFactory }>;
    delete(name: string): Promise<void>;
  };
}

function received(sequence: bigint, bytes: number): ReceivedRecord {
  return {
    groupId,
    sequence,
    sender: installationIdOf(new Uint8Array(32)),
    credential: new Uint8Array(),
    own: false,
    epoch: 1n,
    sentAtNs: 1n,
    plaintext: new Uint8Array(bytes),
  };
}
