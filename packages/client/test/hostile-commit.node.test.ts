import { openInstallation } from "@history-sync/mls-group";
import { applicationId, credentialOf } from "@history-sync/mls-group/xmtp";
import {
  type InboxId,
  silent,
  systemClock,
  systemRandomBytes,
} from "@history-sync/primitives";
import type { Store } from "@history-sync/store";
import { memoryStore } from "@history-sync/store/memory";
import { openSqliteStore } from "@history-sync/store/sqlite";
import { TemporaryFolder } from "@history-sync/test-kit/folders";
import { moduleCommand, runProcess } from "@history-sync/test-kit/processes";
import { MemoryNodeStorage } from "@history-sync/xmtp-node/memory";
import { serveNode } from "@history-sync/xmtp-node/node";
import { NodeDeliveryService } from "@history-sync/xmtp-node-client";
import { grpcTransport } from "@history-sync/xmtp-node-client/node";
import { expect, test } from "vitest";
import { type Client, createClient } from "../src/index.js";
import { walletOf } from "./support/stage.js";

/** Opens the victim's installation in a process of its own, and prints the texts of its conversation. */
const victimsProgram = `
  import { createClient } from "@history-sync/client";
  import { privateKeySigner } from "@history-sync/identity/private-key";
  import { openSqliteStore } from "@history-sync/store/sqlite";
  const [file, nodeUrl] = process.argv.slice(1);
  const store = openSqliteStore(file);
  const key = new Uint8Array(32).fill(7);
  key.set(new TextEncoder().encode("alix"));
  const signer = privateKeySigner(key);
  const client = await createClient({ signer, store, nodeUrl, historySyncUrl: "" });
  await client.conversations.syncAll();
  const [conversation] = await client.conversations.list();
  const messages = await conversation.messages();
  process.stdout.write(messages.map(({ text }) => text).join());
  await client.close();
  store.close();
`;

test("a client survives a member's commit with two installations that aren't of their inboxes, at every start", async () => {
  await using folder = new TemporaryFolder();
  await using node = await serveNode({
    storage: new MemoryNodeStorage(),
    port: 0,
  });
  const open = (user: string, store: Store): Promise<Client> =>
    createClient({
      signer: walletOf(user),
      store,
      nodeUrl: node.url,
      historySyncUrl: "",
    });

  const hostileStore = memoryStore();
  const hostile = await open("mallory", hostileStore);
  const file = folder.file("victim.db");
  const store = openSqliteStore(file);
  const victim = await open("alix", store);
  const conversation = await hostile.conversations.newGroup([victim.inboxId]);
  await conversation.sendText("before");
  await victim.conversations.syncAll();
  await victim.close();
  store.close();
  await hostile.close();

  const { transport, close } = grpcTransport(node.url);
  const raw = (groups: Store["groups"], inbox: InboxId) =>
    openInstallation(
      {
        deliveryService: new NodeDeliveryService(transport),
        store: groups,
        authentication: { validate: async () => true },
        clock: systemClock,
        randomBytes: systemRandomBytes,
        log: silent,
      },
      {
        credential: credentialOf(inbox),
        leafExtensions: [applicationId(inbox)],
      },
    );
  const member = await raw(hostileStore.groups, hostile.inboxId);
  const strangers = [
    await raw(memoryStore().groups, hostile.inboxId),
    await raw(memoryStore().groups, victim.inboxId),
  ];
  await member.group(conversation.id)?.changeMembers({
    add: strangers.map(({ id }) => id),
  });
  close();

  for (const start of [1, 2, 3]) {
    const ran = await runProcess(moduleCommand(victimsProgram, file, node.url));
    expect(ran, `start ${start}`).toMatchObject({
      code: 0,
      signal: null,
      stdout: "before",
    });
  }
});
