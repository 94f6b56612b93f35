import { fileURLToPath } from "node:url";
import type { Delivered } from "@history-sync/mls-group";
import {
  groupIdOf,
  idBytes,
  systemRandomBytes,
  toHex,
} from "@history-sync/primitives";
import { TemporaryFolder } from "@history-sync/test-kit/folders";
import { privateMessage } from "@history-sync/test-kit/mls-bytes";
import { nodeCommand, startServer } from "@history-sync/test-kit/processes";
import { nodeStorageContract } from "@history-sync/xmtp-node/testing";
import { NatsNodeStorage } from "@history-sync/xmtp-node-nats/node";
import {
  afterAll,
  beforeAll,
  describe,
  expect,
  onTestFinished,
  test,
} from "vitest";
import {
  hasNatsServer,
  type NatsServer,
  startNatsServer,
} from "./support/nats-server.js";
import { clientOf, startNode } from "./support/nodes.js";

// Where there is no nats-server, there is nothing to try.
if (hasNatsServer) {
  let folder: TemporaryFolder;
  let nats: NatsServer;

  beforeAll(async () => {
    folder = new TemporaryFolder();
    nats = await startNatsServer(folder.file("jetstream"));
  });

  afterAll(async () => {
    await nats.stop();
    await folder[Symbol.asyncDispose]();
  });

  const open = async (options: {
    streamName: string;
    replicaPath?: string;
  }) => {
    const storage = await NatsNodeStorage.open({ url: nats.url, ...options });
    onTestFinished(() => storage.close());
    return storage;
  };
  const newName = () => `test-${toHex(systemRandomBytes(8))}`;

  nodeStorageContract("NATS JetStream", async () => {
    const streamName = newName();
    const options = {
      streamName,
      replicaPath: folder.file(`${streamName}.sqlite`),
    };
    return { storage: await open(options), reopen: () => open(options) };
  });

  describe("two nodes on one JetStream", () => {
    test("serve the same groups: what one has taken, the other gives, in one order", async () => {
      const streamName = newName();
      const nodes = [
        await startNode({ storage: await open({ streamName }) }),
        await startNode({ storage: await open({ streamName }) }),
      ];
      const clients = nodes.map(clientOf);
      const groupId = groupIdOf(systemRandomBytes(16));
      const topic = { kind: "group", groupId } as const;
      const count = 100;
      const readers = clients.map(async (client) => {
        const received: Delivered[] = [];
        const stop = new AbortController();
        const positions = [{ topic, afterId: 0n }];
        for await (const entry of client.subscribe(positions, stop.signal)) {
          received.push(entry);
          if (received.length === count) break;
        }
        return received;
      });
      await Promise.all(
        Array.from({ length: count }, async (_, n) => {
          const message = privateMessage(idBytes(groupId), { n });
          // Both nodes get every message, as from a client that tries another node.
          for (const client of n % 2 ? clients : [...clients].reverse()) {
            await client.sendGroupMessage(groupId, message);
            const { entries } = await client.query(topic, 0n);
            expect(entries.length).toBeGreaterThan(0);
          }
        }),
      );
      const [one = [], other = []] = await Promise.all(readers);
      expect(one).toHaveLength(count);
      expect(other).toEqual(one);
      for (const client of clients) {
        expect((await client.query(topic, 0n)).entries).toEqual(one);
      }
    });

    test("an entry that one node acknowledges is read from the other at once", async () => {
      const streamName = newName();
      const [one, other] = [
        await open({ streamName }),
        await open({ streamName }),
      ];
      const range = {
        direction: "ascending",
        cursor: 0n,
        maxEntries: 100,
        maxBytes: 1e6,
      } as const;
      for (let n = 1; n <= 20; n++) {
        await one.append({ topic: "group.00", body: Uint8Array.of(n) });
        const { entries } = await other.read("group.00", range);
        expect(entries).toHaveLength(n);
      }
    });
  });

  test("a NATS that is killed and comes back has what it acknowledged, and the node goes on by itself", async () => {
    const own = folder.file("own");
    let server = await startNatsServer(own);
    const { url, port } = server;
    const storage = await NatsNodeStorage.open({ url, timeoutMs: 500 });
    try {
      const topic = "group.00";
      const ids: bigint[] = [];
      for (let n = 0; n < 50; n++) {
        const { id } = await storage.append({ topic, body: Uint8Array.of(n) });
        ids.push(id);
      }
      await server.stop("SIGKILL");
      await expect(
        storage.append({ topic, body: Uint8Array.of(50) }),
      ).rejects.toMatchObject({ code: "storage-failed", retryable: true });
      server = await startNatsServer(own, port);
      await expect
        .poll(
          async () => {
            const range = { maxEntries: 100, maxBytes: 1e6 };
            const { entries } = await storage.read(topic, {
              ...range,
              direction: "ascending",
              cursor: 0n,
            });
            return entries.map(({ id }) => id).slice(0, 50);
          },
          { timeout: 30_000 },
        )
        .toEqual(ids);
      const { id } = await storage.append({ topic, body: Uint8Array.of(51) });
      expect(id > (ids.at(-1) ?? 0n)).toBe(true);
    } finally {
      await storage.close();
      await server.stop();
    }
  });

  test("the xmtp-node command serves from JetStream when --nats names it, and ends on SIGTERM", async () => {
    const command = new URL(
      "./dist/main.js",
      import.meta.resolve("@history-sync/xmtp-node/package.json"),
    );
    const data = folder.file("command");
    const args = ["--port", "0", "--nats", nats.url, "--data", data];
    const node = await startServer(
      nodeCommand(fileURLToPath(command), ...args),
    );
    const groupId = groupIdOf(systemRandomBytes(16));
    const client = clientOf(node);
    await client.sendGroupMessage(groupId, privateMessage(idBytes(groupId)));
    const { entries } = await client.query({ kind: "group", groupId }, 0n);
    expect(entries).toHaveLength(1);
    expect(await node.stop()).toEqual({ code: 0, signal: null });
  });

  test("a new replica holds what the stream holds", async () => {
    const streamName = newName();
    const one = await open({ streamName });
    await one.append({ topic: "group.00", body: Uint8Array.of(1) });
    const fresh = await open({
      streamName,
      replicaPath: folder.file("fresh.sqlite"),
    });
    expect((await fresh.newest(["group.00"]))[0]?.body).toEqual(
      Uint8Array.of(1),
    );
    // The file serves one stream only: another one starts empty.
    await fresh.close();
    const another = await open({
      streamName: newName(),
      replicaPath: folder.file("fresh.sqlite"),
    });
    expect(await another.newest(["group.00"])).toEqual([undefined]);
  });
} else {
  test("NATS JetStream is tried where nats-server is installed", () => {
    expect(hasNatsServer).toBe(false);
  });
}
