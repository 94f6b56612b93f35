import { expect, test } from "vitest";
import { failing } from "../support/failing-node.js";
import { ForkingNode } from "../support/forking-node.js";
import { atOther, nextOf, textsOf } from "../support/stage.js";
import {
  back,
  entriesOf,
  fork,
  groupOf,
  isForked,
  oneshotsAt,
  sync,
} from "./forked-group.js";
import { dayMs, minuteMs, World } from "./world.js";

test("a forked installation emits it, is re-added, and none of its messages is lost or doubled", async () => {
  await using world = await World.open();
  const [alix, bo, caro] = await groupOf(world, "alix", "bo", "caro");
  const { id } = alix.conversation;
  await alix.conversation.sendText("before");
  await sync(world, bo, caro);
  const updates = caro.client.conversations.updates();
  await fork(world, [alix, bo], caro);
  await alix.conversation.sendText("what the fork misses");
  await caro.conversation.sync();
  expect(await nextOf(updates)).toMatchObject({
    type: "forked",
    conversation: { id },
  });
  expect(await caro.conversation.debugInfo()).toMatchObject({
    maybeForked: true,
    forkDetails: expect.stringContaining("a commit couldn't be read"),
  });
  for (const text of ["from the fork", "and another"]) {
    world.clock.advance(1_000);
    await caro.conversation.sendText(text);
  }
  await caro.client.settled();
  expect(await oneshotsAt(caro)).toEqual({ ever: 1, now: 1 });
  expect(await caro.client.conversations.list()).toHaveLength(1);

  await sync(world, bo, alix);
  expect(await alix.client.conversations.list()).toHaveLength(1);
  expect(await oneshotsAt(alix)).toEqual({ ever: 1, now: 0 });
  expect(await oneshotsAt(bo)).toEqual({ ever: 0, now: 0 });
  const soFar = ["before", "what the fork misses"];
  expect(await textsOf(alix.conversation)).toEqual(soFar);

  await sync(world, caro);
  expect(await nextOf(updates)).toMatchObject({ type: "healed" });
  expect(await caro.conversation.debugInfo()).toMatchObject({
    maybeForked: false,
    forkDetails: "",
  });
  await sync(world, bo);
  await bo.conversation.sendText("welcome back");
  await sync(world, caro);
  await caro.conversation.sendText("thanks");
  await sync(world, alix, bo, caro);
  const said = ["from the fork", "and another", "welcome back", "thanks"];
  expect(await textsOf(caro.conversation)).toEqual(["before", ...said]);
  for (const one of [alix, bo]) {
    expect(await isForked(one)).toBe(false);
    // The messages of the fork arrive at the same time.
    const texts = await textsOf(one.conversation);
    expect(texts.toSorted()).toEqual([...soFar, ...said].toSorted());
  }
  expect(caro.conversation.name).toBe(alix.conversation.name);
});

test("while messages are streamed, it is healed without a call", async () => {
  await using world = await World.open();
  const [alix, bo, caro] = await groupOf(world, "alix", "bo", "caro");
  await fork(world, [alix, bo], caro);
  const updates = caro.client.conversations.updates();
  const messages = caro.client.conversations.streamAllMessages();
  expect((await nextOf(updates))?.type).toBe("forked");
  expect((await nextOf(updates))?.type).toBe("healed");
  await alix.conversation.sendText("there you are");
  expect((await nextOf(messages))?.text).toBe("there you are");
});

test("a super admin that was offline for days gets one re-add request a day and handles one", async () => {
  await using world = await World.open();
  const [alix, bo, caro] = await groupOf(world, "alix", "bo", "caro");
  const { id } = alix.conversation;
  await fork(world, [alix, bo], caro);
  await alix.client.close();
  await caro.conversation.sendText("is anybody there?");
  for (let quarter = 0; quarter <= 12; quarter++) {
    await sync(world, caro, bo);
    world.clock.advance(dayMs / 4);
  }
  expect(await isForked(caro)).toBe(true);
  expect(await oneshotsAt(caro)).toEqual({ ever: 4, now: 1 });
  const entries = (await entriesOf(world, id)).length;

  const again = await back(world, alix);
  await sync(world, again);
  expect(await oneshotsAt(again)).toEqual({ ever: 4, now: 0 });
  expect(await entriesOf(world, id)).toHaveLength(entries + 1);
  await sync(world, caro, again);
  expect(await isForked(caro)).toBe(false);
  expect(await textsOf(again.conversation)).toEqual(["is anybody there?"]);

  // The message again, from the re-added installation: its keys are renewed before.
  const healed = (await entriesOf(world, id)).length;
  for (let hour = 0; hour < 3; hour++) {
    world.clock.advance(60 * minuteMs);
    await sync(world, caro, again);
  }
  expect(await entriesOf(world, id)).toHaveLength(healed);
  expect(await oneshotsAt(caro)).toEqual({ ever: 4, now: 0 });
});

test("a forked super admin re-adds another installation only after it was re-added itself", async () => {
  await using world = await World.open();
  const users = ["alix", "bo", "caro", "dan"] as const;
  const [alix, bo, caro, dan] = await groupOf(world, ...users);
  const { id } = alix.conversation;
  await alix.conversation.addSuperAdmin(bo.client.inboxId);
  await sync(world, bo, caro, dan);
  await bo.conversation.updateConsentState("allowed");
  await fork(world, [alix, dan], bo, caro);
  await sync(world, bo);
  await alix.client.close();
  // Alix re-adds Bo, and dies before it can send the Welcome.
  const service = failing("sendWelcomes", 100, alix.node.service);
  const dying = await back(world, { ...alix, node: new ForkingNode(service) });
  await sync(world, dying);
  await dying.client.close();
  const entries = (await entriesOf(world, id)).length;

  await sync(world, caro, bo);
  expect([await isForked(caro), await isForked(bo)]).toEqual([true, true]);
  expect(await oneshotsAt(bo)).toEqual({ ever: 2, now: 2 });
  expect(await entriesOf(world, id)).toHaveLength(entries);

  alix.node.hidesWelcomes = true;
  await sync(world, await back(world, alix), bo);
  expect([await isForked(caro), await isForked(bo)]).toEqual([true, false]);
  expect(await entriesOf(world, id)).toHaveLength(entries + 1);
  await sync(world, caro);
  expect(await isForked(caro)).toBe(false);
  expect(await oneshotsAt(bo)).toEqual({ ever: 2, now: 1 });
});

test("a forked DM is replaced by a new one when the user sends a message, without a re-add request", async () => {
  await using world = await World.open();
  const [alix, bo] = await groupOf(world, "alix", "bo");
  const node = new ForkingNode(world.deliveryService);
  const laptop = await world.start("bo's laptop", {
    user: "bo",
    deliveryService: node.service,
    disableDeviceSync: true,
  });
  const dm = await alix.client.conversations.newDm(bo.client.inboxId);
  const atBo = { ...bo, conversation: await atOther(bo, dm) };
  const atLaptop = await atOther(laptop, dm);
  const victim = { ...laptop, user: "bo", node, conversation: atLaptop };
  await fork(world, [{ ...alix, conversation: dm }, atBo], victim);
  await sync(world, laptop);
  expect(await isForked(victim)).toBe(true);
  expect(await oneshotsAt(laptop)).toEqual({ ever: 0, now: 0 });

  const { conversations } = laptop.client;
  const fresh = await conversations.newDm(alix.client.inboxId);
  expect(fresh.id).not.toBe(dm.id);
  await fresh.sendText("hello again");
  expect(await textsOf(await atOther(alix, fresh))).toEqual(["hello again"]);
  const again = await conversations.newDm(alix.client.inboxId);
  expect(again.id).toBe(fresh.id);
});
