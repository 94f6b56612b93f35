import { create, toBinary } from "@bufbuild/protobuf";
import { EncodedContentSchema } from "@history-sync/proto/message-contents";
import { expect, test } from "vitest";
import { encodeText } from "../src/index.js";
import { failing } from "./support/failing-node.js";
import { listening } from "./support/listening-node.js";
import { MemoryStage } from "./support/memory-stage.js";

function contentOf(typeId: string, authorityId = "xmtp.org"): Uint8Array {
  const type = { authorityId, typeId, versionMajor: 1 };
  return toBinary(EncodedContentSchema, create(EncodedContentSchema, { type }));
}

const alone = { disableDeviceSync: true };

test("should_push is set for the types of libxmtp's codecs, and for unknown types", async () => {
  await using stage = new MemoryStage();
  const { deliveryService, sent } = listening(stage.deliveryService);
  const bo = await stage.start("bo", alone);
  const alix = await stage.start("alix", { ...alone, deliveryService });
  const dm = await alix.client.conversations.newDm(bo.client.inboxId);
  const told = async (content: Uint8Array) => {
    await dm.send(content);
    return sent.at(-1)?.shouldPush;
  };
  for (const typeId of [
    "text",
    "markdown",
    "reply",
    "attachment",
    "remoteStaticAttachment",
    "multiRemoteStaticAttachment",
    "transactionReference",
    "walletSendCalls",
    "actions",
    "intent",
    "of-a-later-release",
  ]) {
    expect([typeId, await told(contentOf(typeId))]).toEqual([typeId, true]);
  }
  for (const typeId of [
    "reaction",
    "readReceipt",
    "group_updated",
    "group_membership_change",
    "leave_request",
    "deleteMessage",
    "editMessage",
  ]) {
    expect([typeId, await told(contentOf(typeId))]).toEqual([typeId, false]);
  }
  expect(await told(contentOf("reaction", "example.com"))).toBe(true);
  expect(await told(Uint8Array.of(255))).toBe(true);
});

test("should_push follows the sender's option, and is never set for commits and sync groups", async () => {
  await using stage = new MemoryStage();
  const { deliveryService, sent } = listening(stage.deliveryService);
  const bo = await stage.start("bo", alone);
  const alix = await stage.start("alix", { deliveryService });
  await alix.client.settled();
  const group = await alix.client.conversations.newGroup([bo.client.inboxId]);
  await group.updateName("plans");
  await alix.client.settled();
  expect(sent.length).toBeGreaterThan(2);
  expect(sent.filter(({ shouldPush }) => shouldPush !== false)).toEqual([]);

  const inGroup = () =>
    sent
      .filter(({ groupId }) => groupId === group.id)
      .map(({ shouldPush }) => shouldPush);
  const commits = inGroup().length;
  await group.sendText("hello");
  await group.send(encodeText("psst"), { shouldPush: false });
  await group.send(contentOf("reaction"), { shouldPush: true });
  expect(inGroup().slice(commits)).toEqual([true, false, true]);
});

test.each([true, false, undefined])(
  "a message that waits keeps the sender's word over a restart: %s",
  async (shouldPush) => {
    await using stage = new MemoryStage();
    const bo = await stage.start("bo", alone);
    const alix = await stage.start("alix", alone);
    const dm = await alix.client.conversations.newDm(bo.client.inboxId);
    await dm.sendOptimistic(contentOf("reaction"), { shouldPush });
    await stage.stop(alix);

    // Once it is kept, once it is encrypted too.
    const away = failing("sendGroupMessage", 1, stage.deliveryService);
    const second = await stage.start("alix", {
      ...alone,
      deliveryService: away,
    });
    const here = await second.client.conversations.getConversationById(dm.id);
    await expect(here?.publishMessages()).rejects.toMatchObject({
      retryable: true,
    });
    await stage.stop(second);
    const { deliveryService, sent } = listening(stage.deliveryService);
    const third = await stage.start("alix", { ...alone, deliveryService });
    const there = await third.client.conversations.getConversationById(dm.id);
    await there?.sync();
    expect(sent.map((message) => message.shouldPush)).toEqual([
      shouldPush ?? false,
    ]);
    expect(await there?.messages()).toMatchObject([
      { deliveryStatus: "published" },
    ]);
  },
);
