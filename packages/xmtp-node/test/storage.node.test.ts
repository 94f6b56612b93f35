import { temporaryFolder } from "@history-sync/test-kit/folders";
import { MemoryNodeStorage } from "@history-sync/xmtp-node/memory";
import { SqliteNodeStorage } from "@history-sync/xmtp-node/sqlite";
import { nodeStorageContract } from "@history-sync/xmtp-node/testing";
import { describe, expect, onTestFinished, test } from "vitest";
import { topicName } from "../src/storage/node-storage.js";

nodeStorageContract("memory", async () => ({
  storage: new MemoryNodeStorage(),
}));

nodeStorageContract("SQLite", async () => {
  const path = temporaryFolder().file("node.sqlite");
  const open = () => {
    const storage = new SqliteNodeStorage(path);
    onTestFinished(() => storage.close());
    return storage;
  };
  return { storage: open(), reopen: async () => open() };
});

describe("the SQLite storage", () => {
  const topic = topicName("group", Uint8Array.of(1));
  const range = {
    direction: "ascending",
    cursor: 0n,
    maxEntries: 1_000,
    maxBytes: 1e9,
  } as const;

  test("says that the disk is full, and keeps what it has acknowledged", async () => {
    const path = temporaryFolder().file("node.sqlite");
    const storage = new SqliteNodeStorage(path, { maxFileBytes: 256 * 1024 });
    const acknowledged: bigint[] = [];
    const body = new Uint8Array(10_000);
    const full = (async () => {
      for (let n = 0; n < 100; n++) {
        const some = await Promise.all([
          storage.append({ topic, body }),
          storage.append({ topic, body }),
        ]);
        acknowledged.push(...some.map(({ id }) => id));
      }
    })();
    await expect(full).rejects.toMatchObject({
      code: "storage-full",
      retryable: true,
    });
    expect(acknowledged.length).toBeGreaterThan(5);
    const large = { topic, body: new Uint8Array(100_000) };
    await expect(storage.append(large)).rejects.toMatchObject({
      code: "storage-full",
    });
    await storage.close();
    const reopened = new SqliteNodeStorage(path);
    const { entries } = await reopened.read(topic, range);
    expect(entries.map(({ id }) => id)).toEqual(acknowledged);
    const { id } = await reopened.append({ topic, body });
    expect(id > (acknowledged.at(-1) ?? 0n)).toBe(true);
    await reopened.close();
  });

  test("belongs to one process at a time", async () => {
    const path = temporaryFolder().file("node.sqlite");
    const storage = new SqliteNodeStorage(path);
    await storage.append({ topic, body: new Uint8Array(1) });
    expect(() => new SqliteNodeStorage(path)).toThrow(
      expect.objectContaining({ code: "storage-failed" }),
    );
    await storage.close();
  });
});
