import { expect, test } from "vitest";
import { encodeText } from "../src/index.js";
import { failing } from "./support/failing-node.js";
import { MemoryStage } from "./support/memory-stage.js";
import { atOther, textsOf } from "./support/stage.js";

test("a message that the node didn't take is unpublished, and is sent once with the next sync", async () => {
  await using stage = new MemoryStage();
  const alix = await stage.start("alix");
  const bo = await stage.start("bo");
  const dm = await alix.client.conversations.newDm(bo.client.inboxId);
  await alix.client.settled();
  await stage.stop(alix);

  const deliveryService = failing("sendGroupMessage", 1, stage.deliveryService);
  const options = { deliveryService, disableDeviceSync: true };
  const back = await stage.start("alix", options);
  const here = await back.client.conversations.getConversationById(dm.id);
  await expect(here?.sendText("hello")).rejects.toMatchObject({
    retryable: true,
  });
  expect(await here?.messages()).toMatchObject([
    { text: "hello", deliveryStatus: "unpublished" },
  ]);
  await here?.sync();
  expect(await here?.messages()).toMatchObject([
    { text: "hello", deliveryStatus: "published" },
  ]);
  expect(await textsOf(await atOther(bo, dm))).toEqual(["hello"]);
});

test("a pending message fails when its sender is removed", async () => {
  await using stage = new MemoryStage();
  const alix = await stage.start("alix");
  const bo = await stage.start("bo");
  const group = await alix.client.conversations.newGroup([bo.client.inboxId]);
  const there = await atOther(bo, group);
  await group.removeMembers([bo.client.inboxId]);
  await expect(there.sendText("wait")).rejects.toMatchObject({
    code: "not-a-member",
  });
  expect(await there.messages()).toMatchObject([{ deliveryStatus: "failed" }]);
  expect(await textsOf(await atOther(alix, group))).toEqual([]);

  await group.addMembers([bo.client.inboxId]);
  const again = await atOther(bo, group);
  await again.sendText("thanks");
  expect(await textsOf(await atOther(alix, group))).toEqual(["thanks"]);
});

test("an unsent message from an archive is failed until it comes from its sender", async () => {
  await using stage = new MemoryStage();
  const alix = await stage.start("alix");
  const laptop = await stage.start("laptop", {
    user: "alix",
    disableDeviceSync: true,
  });
  const bo = await stage.start("bo");
  const dm = await alix.client.conversations.newDm(bo.client.inboxId);
  await dm.sendOptimistic(encodeText("hello"));
  const key = new Uint8Array(32).fill(5);
  const archive = alix.client.createArchive(key);
  await laptop.client.importArchive(archive, key, "past");
  const there = await atOther(laptop, dm);
  expect(await there.messages()).toMatchObject([
    { text: "hello", deliveryStatus: "failed" },
  ]);
  await there.sendText("from the laptop");
  expect(await textsOf(await atOther(bo, dm))).toEqual(["from the laptop"]);

  await dm.publishMessages();
  const now = await (await atOther(laptop, dm)).messages();
  expect(now.map(({ deliveryStatus }) => deliveryStatus)).toEqual([
    "published",
    "published",
  ]);
});
