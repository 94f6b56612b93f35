import { expect, test } from "vitest";
import type { Conversation } from "../../src/index.js";
import { minuteMs, World } from "./world.js";

/** How many installations of the other user a conversation has. */
async function installationsOf(
  dm: Conversation,
  inboxId: string,
): Promise<number | undefined> {
  const members = await dm.members();
  return members.find((member) => member.inboxId === inboxId)?.installationIds
    .length;
}

/** Bo's first installation is away, so that only alix can add the second one. */
async function metBefore(world: World) {
  const alix = await world.start("alix");
  const bo = await world.start("bo-phone", { user: "bo" });
  const dm = await alix.client.conversations.newDm(bo.client.inboxId);
  await dm.sync();
  await world.stop(bo);
  return { dm, bo: bo.client.inboxId };
}

test("a friend's new installation is noticed by a sync 30 minutes after the last look", async () => {
  await using world = await World.open();
  const { dm, bo } = await metBefore(world);
  await world.start("bo-laptop", { user: "bo" });
  world.clock.advance(29 * minuteMs);
  await dm.sync();
  expect(await installationsOf(dm, bo)).toBe(1);
  world.clock.advance(minuteMs);
  await dm.sync();
  expect(await installationsOf(dm, bo)).toBe(2);
});

test("a message goes round the 30 minutes", async () => {
  await using world = await World.open();
  const { dm, bo } = await metBefore(world);
  const laptop = await world.start("bo-laptop", { user: "bo" });
  world.clock.advance(minuteMs);
  await dm.sync();
  expect(await installationsOf(dm, bo)).toBe(1);

  await dm.sendText("are you there?");
  expect(await installationsOf(dm, bo)).toBe(2);
  await laptop.client.conversations.syncAll();
  const there = await laptop.client.conversations.getConversationById(dm.id);
  expect(await there?.messages()).toMatchObject([{ text: "are you there?" }]);
});
