import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type RunningServer, serve } from "@history-sync/history-server/node";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Actor } from "../src/actor.ts";
import { type NodeProcess, startNodeProcess } from "../src/node-process.ts";
import { Peer } from "../src/peer.ts";
import { peerCommand } from "../src/peer-command.ts";

let folder: string;
let node: NodeProcess;
let server: RunningServer;
const stored: string[] = [];
let peer: Peer;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "history-sync-interop-"));
  const data = join(folder, "node");
  node = await startNodeProcess(["--data", data, "--port", "0"]);
  server = await serve({
    port: 0,
    folder: join(folder, "blobs"),
    log: (event) => stored.push(event),
  });
  peer = new Peer(peerCommand);
});

afterAll(async () => {
  peer.close();
  await server.close();
  await node.stop();
  await rm(folder, { recursive: true, force: true });
});

test("two installations of libxmtp sync their history through our node and our history server", async () => {
  const { url } = node;
  const bob = await Actor.open(peer, "bob", { url, folder });
  const alice = await Actor.open(peer, "alice", { url, folder });
  const { id: group } = await alice.do<{ readonly id: string }>("createGroup", {
    members: [bob.inboxId],
    name: "plans",
  });
  const texts = ["one", "two", "three"];
  for (const text of texts) await alice.sendText(group, text);

  const { walletKey } = alice;
  const phone = await Actor.open(peer, "phone", { url, folder, walletKey });
  await alice.do("syncDeviceSync");
  await phone.do("sendSyncRequest", { serverUrl: server.url });
  await expect
    .poll(
      async () => {
        await alice.do("syncDeviceSync");
        await phone.do("syncDeviceSync");
        return phone.texts(group);
      },
      { timeout: 60_000, interval: 500 },
    )
    .toEqual(texts);
  expect(stored).toContain("upload-stored");
});
