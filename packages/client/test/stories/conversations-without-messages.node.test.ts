import { expect, test } from "vitest";
import { atOther, textsOf } from "../support/stage.js";
import { dayMs, minuteMs, World } from "./world.js";

test("a new installation has the conversations, but no messages until the other one is online", async () => {
  await using world = await World.open();
  const phone = await world.start("phone");
  const bo = await world.start("bo", { user: "bo" });
  const dm = await phone.client.conversations.newDm(bo.client.inboxId);
  await dm.sendText("one");
  world.clock.advance(minuteMs);
  await (await atOther(bo, dm)).sendText("two");
  await dm.sync();
  await world.stop(phone);

  const laptop = await world.start("laptop");
  await world.settle();
  world.clock.advance(dayMs);
  // Writing looks for new installations, so that the laptop is let in.
  await (await atOther(bo, dm)).sendText("three");
  const here = await atOther(laptop, dm);
  expect(here.isActive()).toBe(true);
  expect(await textsOf(here)).toEqual(["three"]);

  const back = await world.start("phone");
  await world.settle();
  expect(await textsOf(here)).toEqual(["one", "two", "three"]);
  world.clock.advance(minuteMs);
  await here.sendText("four");
  for (const one of [back, bo]) {
    const there = await atOther(one, dm);
    expect(await textsOf(there)).toEqual(["one", "two", "three", "four"]);
  }
});

test("a new installation has conversations in which nothing was ever said", async () => {
  await using world = await World.open();
  const phone = await world.start("phone");
  const bo = await world.start("bo", { user: "bo" });
  const group = await phone.client.conversations.newGroup([bo.client.inboxId], {
    groupName: "quiet",
  });
  const laptop = await world.start("laptop");
  await world.settle();
  const here = await atOther(laptop, group);
  expect(here).toMatchObject({ name: "quiet" });
  expect(here.isActive()).toBe(true);
  expect(await textsOf(here)).toEqual([]);
  expect(await here.consentState()).toBe("allowed");
});
