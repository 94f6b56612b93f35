import { fileURLToPath } from "node:url";
import { fromBinary } from "@bufbuild/protobuf";
import {
  groupIdOf,
  idBytes,
  systemRandomBytes,
} from "@history-sync/primitives";
import { GroupMessage_V1Schema } from "@history-sync/proto/mls-api";
import { temporaryFolder } from "@history-sync/test-kit/folders";
import { privateMessage } from "@history-sync/test-kit/mls-bytes";
import { nodeCommand, startServer } from "@history-sync/test-kit/processes";
import { SqliteNodeStorage } from "@history-sync/xmtp-node/sqlite";
import { NodeDeliveryService } from "@history-sync/xmtp-node-client";
import { expect, test } from "vitest";
import { topicName } from "../src/storage/node-storage.js";
import { connectTo } from "./support/nodes.js";

const main = fileURLToPath(new URL("../dist/main.js", import.meta.url));

test("a node that is killed under load has everything that it acknowledged, in order, once", async () => {
  const folder = temporaryFolder();
  const args = ["--port", "0", "--data", folder.path];
  const command = nodeCommand(main, ...args);
  const groupId = groupIdOf(systemRandomBytes(16));
  let sent = 0;
  const acknowledged = new Set<number>();
  for (let round = 0; round < 2; round++) {
    const node = await startServer(command);
    const service = new NodeDeliveryService(connectTo(node), {
      retryWaitsMs: [],
    });
    const enough = acknowledged.size + 150;
    const send = async () => {
      while (true) {
        const n = sent++;
        const message = privateMessage(idBytes(groupId), { n });
        await service.sendGroupMessage(groupId, message);
        acknowledged.add(n);
        if (acknowledged.size === enough) node.child.kill("SIGKILL");
      }
    };
    const outcomes = await Promise.allSettled(Array.from({ length: 20 }, send));
    expect(outcomes.every(({ status }) => status === "rejected")).toBe(true);
    await node.stop("SIGKILL");
  }

  const storage = new SqliteNodeStorage(folder.file("node.sqlite"));
  const { entries } = await storage.read(topicName("group", idBytes(groupId)), {
    direction: "ascending",
    cursor: 0n,
    maxEntries: 10_000,
    maxBytes: 1e9,
  });
  await storage.close();
  const stored = entries.map(({ body }) => numberIn(body));
  expect(new Set(stored).size).toBe(stored.length);
  const missing = [...acknowledged].filter((n) => !stored.includes(n));
  expect(missing).toEqual([]);
  expect(acknowledged.size).toBeGreaterThanOrEqual(300);
});

/** The number that the message in a stored body was made with. */
function numberIn(body: Uint8Array): number {
  const { data } = fromBinary(GroupMessage_V1Schema, body);
  return new DataView(data.buffer, data.byteOffset).getUint32(data.length - 20);
}
