import { systemRandomBytes, toHex } from "@history-sync/primitives";
import { memoryStore } from "@history-sync/store/memory";
import { expect, inject, test } from "vitest";
import { createClient } from "../src/index.js";
import { nextOf, walletOf } from "./support/stage.js";

/** Another user at each call: the node outlives the tests. */
function newClient() {
  return createClient({
    signer: walletOf(toHex(systemRandomBytes(8))),
    store: memoryStore(),
    nodeUrl: inject("nodeUrl"),
    // A browser opens six connections to a server, and a client with device sync keeps up to four streams.
    disableDeviceSync: true,
  });
}

test("two users meet at a node, by gRPC in Node and by gRPC-web in a browser", async () => {
  await using alix = await newClient();
  await using bo = await newClient();
  const messages = bo.conversations.streamAllMessages();
  const dm = await alix.conversations.newDm(bo.inboxId);
  await dm.sendText("hello");
  expect(await nextOf(messages)).toMatchObject({ text: "hello" });
  const there = await bo.conversations.getDmByInboxId(alix.inboxId);
  await there?.sendText("hi");
  await dm.sync();
  expect(await dm.messages()).toMatchObject([
    { text: "hi" },
    { text: "hello" },
  ]);
});
