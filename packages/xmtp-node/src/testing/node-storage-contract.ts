import { systemRandomBytes } from "@history-sync/primitives";
import { describe, expect, test } from "vitest";
import {
  type Entry,
  type NodeStorage,
  type ReadRange,
  type TopicKind,
  type TopicName,
  topicName,
} from "../storage/node-storage.js";

/** A storage under test; `reopen` gives the same one as after a restart, where it can. */
export interface NodeStorageUnderTest {
  readonly storage: NodeStorage;
  readonly reopen?: () => Promise<NodeStorage>;
}

/** Tests every NodeStorage. `open` gives one that other tests may share. */
export function nodeStorageContract(
  name: string,
  open: () => Promise<NodeStorageUnderTest>,
): void {
  describe(`NodeStorage: ${name}`, () => {
    test("entries come in the order of their appending, in either direction", async () => {
      const { storage } = await open();
      const topic = newTopic();
      const ids = await appendAll(storage, topic, 5);
      const { entries } = await storage.read(topic, ascending);
      expect(entries.map(({ id }) => id)).toEqual(ids);
      expect(entries.map(({ body }) => body)).toEqual(bodies(5));
      expect(entries.every((entry) => entry.topic === topic)).toBe(true);
      expect(entries.every((entry) => entry.createdAtNs > 0n)).toBe(true);
      const back = await storage.read(topic, descending);
      expect(back.entries).toEqual([...entries].reverse());
    });

    test("ids are above 0 and grow within a topic", async () => {
      const { storage } = await open();
      const ids = await appendAll(storage, newTopic(), 20);
      expect(ids.every((id, i) => id > (ids[i - 1] ?? 0n))).toBe(true);
    });

    test("cursors are exclusive", async () => {
      const { storage } = await open();
      const topic = newTopic();
      const ids = await appendAll(storage, topic, 5);
      const cursor = ids[2] ?? 0n;
      const after = await storage.read(topic, { ...ascending, cursor });
      expect(after.entries.map(({ id }) => id)).toEqual(ids.slice(3));
      const before = await storage.read(topic, { ...descending, cursor });
      expect(before.entries.map(({ id }) => id)).toEqual(
        ids.slice(0, 2).reverse(),
      );
    });

    test("a page ends at its limits and says so", async () => {
      const { storage } = await open();
      const topic = newTopic();
      await appendAll(storage, topic, 5);
      const byCount = await storage.read(topic, {
        ...ascending,
        maxEntries: 2,
      });
      expect([byCount.entries.length, byCount.full]).toEqual([2, true]);
      const byBytes = await storage.read(topic, { ...ascending, maxBytes: 7 });
      expect([byBytes.entries.length, byBytes.full]).toEqual([3, true]);
      const first = await storage.read(topic, { ...ascending, maxBytes: 1 });
      expect([first.entries.length, first.full]).toEqual([1, true]);
      const whole = await storage.read(topic, ascending);
      expect([whole.entries.length, whole.full]).toEqual([5, false]);
    });

    test("topics and kinds keep apart; an unknown one is empty", async () => {
      const { storage } = await open();
      const key = systemRandomBytes(16);
      const group = topicName("group", key);
      await appendAll(storage, group, 2);
      const other = topicName("commit-log", key);
      expect((await storage.read(other, ascending)).entries).toEqual([]);
      const newest = await storage.newest([other, group, newTopic()]);
      expect(newest.map((entry) => entry?.body)).toEqual([
        undefined,
        bodyOf(1),
        undefined,
      ]);
    });

    test("a digest counts once in its topic", async () => {
      const { storage } = await open();
      const [topic, other] = [newTopic(), newTopic()];
      const digest = systemRandomBytes(32);
      const entry = { topic, body: bodyOf(1), digest };
      const first = await storage.append(entry);
      const again = await storage.append({ ...entry, body: bodyOf(2) });
      expect(first.duplicate).toBe(false);
      expect(again).toEqual({ id: first.id, duplicate: true });
      const elsewhere = await storage.append({ ...entry, topic: other });
      expect(elsewhere.duplicate).toBe(false);
      const { entries } = await storage.read(topic, ascending);
      expect(entries.map(({ body }) => body)).toEqual([bodyOf(1)]);
    });

    test("of many at once with the same digest, one is stored", async () => {
      const { storage } = await open();
      const topic = newTopic();
      const entry = { topic, body: bodyOf(1), digest: systemRandomBytes(32) };
      const appended = await Promise.all(
        Array.from({ length: 8 }, () => storage.append(entry)),
      );
      expect(appended.filter(({ duplicate }) => !duplicate)).toHaveLength(1);
      expect(new Set(appended.map(({ id }) => id)).size).toBe(1);
      expect((await storage.read(topic, ascending)).entries).toHaveLength(1);
    });

    test("an entry that has to be the next one is refused where it isn't", async () => {
      const { storage } = await open();
      const topic = newTopic("inbox");
      const body = bodyOf(1);
      const first = await storage.append({ topic, body, expectedLastId: 0n });
      await expect(
        storage.append({ topic, body, expectedLastId: 0n }),
      ).rejects.toMatchObject({ code: "conflict", retryable: true });
      await storage.append({ topic, body, expectedLastId: first.id });
      expect((await storage.read(topic, ascending)).entries).toHaveLength(2);
    });

    test("of many at once that have to be the next, one wins", async () => {
      const { storage } = await open();
      const topic = newTopic("inbox");
      const outcomes = await Promise.allSettled(
        Array.from({ length: 8 }, (_, n) =>
          storage.append({ topic, body: bodyOf(n), expectedLastId: 0n }),
        ),
      );
      const won = outcomes.filter(({ status }) => status === "fulfilled");
      expect(won).toHaveLength(1);
      expect((await storage.read(topic, ascending)).entries).toHaveLength(1);
    });

    test("of a key package's topic, only the newest entry stays", async () => {
      const { storage } = await open();
      const topic = newTopic("key-package");
      const ids = await appendAll(storage, topic, 3);
      const { entries } = await storage.read(topic, ascending);
      expect(entries.map(({ id, body }) => [id, body])).toEqual([
        [ids[2], bodyOf(2)],
      ]);
      expect((await storage.newest([topic]))[0]?.id).toBe(ids[2]);
    });

    test("followers hear of every entry once, in order, when it can be read", async () => {
      const { storage } = await open();
      const topic = newTopic();
      const heard: Entry[] = [];
      let stop = () => {};
      const all = new Promise<void>((resolve) => {
        stop = storage.follow((entry) => {
          if (entry.topic !== topic) return;
          heard.push(entry);
          if (heard.length === 10) resolve();
        });
      });
      await Promise.all(
        bodies(10).map((body) => storage.append({ topic, body })),
      );
      await all;
      stop();
      await storage.append({ topic, body: bodyOf(10) });
      const { entries } = await storage.read(topic, ascending);
      expect(heard).toEqual(entries.slice(0, 10));
      expect(heard.map(({ body }) => body)).toEqual(bodies(10));
    });

    test("what was given is a copy", async () => {
      const { storage } = await open();
      const topic = newTopic();
      const body = bodyOf(1);
      await storage.append({ topic, body });
      body.fill(0);
      expect((await storage.newest([topic]))[0]?.body).toEqual(bodyOf(1));
    });

    test("a closed storage refuses, and has kept what it acknowledged", async () => {
      const { storage, reopen } = await open();
      const topic = newTopic();
      const ids = await appendAll(storage, topic, 10);
      if (!reopen) return;
      await storage.close();
      await storage.close();
      const body = bodyOf(1);
      const closed = { code: "closed" };
      await expect(storage.append({ topic, body })).rejects.toMatchObject(
        closed,
      );
      await expect(storage.read(topic, ascending)).rejects.toMatchObject(
        closed,
      );
      const reopened = await reopen();
      const { entries } = await reopened.read(topic, ascending);
      expect(entries.map(({ id }) => id)).toEqual(ids);
      const next = await reopened.append({ topic, body });
      expect(next.id > (ids.at(-1) ?? 0n)).toBe(true);
    });
  });
}

const ascending: ReadRange = {
  direction: "ascending",
  cursor: 0n,
  maxEntries: 100,
  maxBytes: 1_000_000,
};
const descending: ReadRange = { ...ascending, direction: "descending" };

function newTopic(kind: TopicKind = "group"): TopicName {
  return topicName(kind, systemRandomBytes(16));
}

function bodyOf(n: number): Uint8Array {
  return Uint8Array.of(n, 7);
}

function bodies(count: number): readonly Uint8Array[] {
  return Array.from({ length: count }, (_, n) => bodyOf(n));
}

async function appendAll(
  storage: NodeStorage,
  topic: TopicName,
  count: number,
): Promise<readonly bigint[]> {
  const appended = await Promise.all(
    bodies(count).map((body) => storage.append({ topic, body })),
  );
  return appended.map(({ id }) => id);
}
