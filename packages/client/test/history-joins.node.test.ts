import { expect, test } from "vitest";
import { atOther, nextOf, textsOf } from "./support/stage.js";
import { inStage, World } from "./support/world.js";

test("a new installation gets the history from the other one, and the conversation goes on in it", async () => {
  await using world = await World.open();
  const phone = await world.start("phone");
  const bo = await world.start("bo", { user: "bo" });
  const group = await phone.client.conversations.newGroup([bo.client.inboxId], {
    groupName: "plans",
  });
  await group.sendText("one");
  await (await atOther(bo, group)).sendText("two");
  await group.sync();

  const laptop = await world.start("laptop");
  const imported = inStage(laptop.client, "imported");
  const updates = laptop.client.conversations.updates();
  await phone.client.syncAllDeviceSyncGroups();
  await Promise.all([phone.client.settled(), imported]);
  expect((await nextOf(updates))?.conversation.id).toBe(group.id);

  const here = await atOther(laptop, group);
  expect(here).toMatchObject({ name: "plans" });
  expect(here.isActive()).toBe(true);
  await here.sendText("three");
  await (await atOther(bo, group)).sendText("four");
  for (const one of [phone, laptop, bo]) {
    const there = await atOther(one, group);
    expect(await textsOf(there)).toEqual(["one", "two", "three", "four"]);
    const senders = (await there.messages()).map(
      (message) => message.senderInboxId,
    );
    const [a, b] = [phone.client.inboxId, bo.client.inboxId];
    expect(senders).toEqual([b, a, b, a]);
  }
});
