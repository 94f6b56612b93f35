import { expect, test } from "vitest";
import type { Conversation } from "../src/index.js";
import { World } from "./world.js";

/** Oldest first. */
async function texts(conversation: Conversation): Promise<readonly unknown[]> {
  const messages = await conversation.messages();
  return messages.map(({ text }) => text).toReversed();
}

test("two users with two installations each talk in a group and in a DM", async () => {
  await using world = await World.open();
  const alix = await world.start("alix-phone", { user: "alix" });
  const alixLaptop = await world.start("alix-laptop", { user: "alix" });
  const bo = await world.start("bo-phone", { user: "bo" });
  const boLaptop = await world.start("bo-laptop", { user: "bo" });
  const everybody = [alix, alixLaptop, bo, boLaptop];

  const group = await alix.client.conversations.newGroup([bo.client.inboxId], {
    groupName: "plans",
    description: "of ours",
  });
  await group.sendText("hello from the phone");
  for (const { client } of everybody) {
    await client.conversations.syncAll();
    const [seen, ...more] = await client.conversations.list();
    expect(more).toEqual([]);
    expect(seen).toMatchObject({
      id: group.id,
      kind: "group",
      name: "plans",
      description: "of ours",
      addedByInboxId: alix.client.inboxId,
      superAdmins: [alix.client.inboxId],
    });
    const members = await seen?.members();
    expect(
      members?.map(({ installationIds }) => installationIds.length),
    ).toEqual([2, 2]);
  }

  const atBo = await boLaptop.client.conversations.getConversationById(
    group.id,
  );
  await atBo?.sendText("hello from the other's laptop");
  for (const { client } of everybody) {
    await client.conversations.syncAll();
    const seen = await client.conversations.getConversationById(group.id);
    expect(seen && (await texts(seen))).toEqual([
      "hello from the phone",
      "hello from the other's laptop",
    ]);
    const messages = await seen?.messages();
    expect(messages?.map(({ senderInboxId }) => senderInboxId)).toEqual([
      bo.client.inboxId,
      alix.client.inboxId,
    ]);
    expect(
      messages?.every(({ deliveryStatus }) => deliveryStatus === "published"),
    ).toBe(true);
  }

  const dm = await bo.client.conversations.newDm(alix.client.inboxId);
  await dm.sendText("psst");
  for (const { client } of [alix, alixLaptop, boLaptop]) {
    await client.conversations.syncAll();
    const seen = await client.conversations.getDmByInboxId(
      client.inboxId === bo.client.inboxId
        ? alix.client.inboxId
        : bo.client.inboxId,
    );
    expect(seen?.id).toBe(dm.id);
    expect(seen && (await texts(seen))).toEqual(["psst"]);
  }
  expect((await bo.client.conversations.newDm(alix.client.inboxId)).id).toBe(
    dm.id,
  );
});
