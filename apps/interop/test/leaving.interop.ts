import { afterAll, beforeAll, expect, test } from "vitest";
import type { Actor } from "../src/actor.ts";
import type { Ours } from "../src/ours.ts";
import { World } from "../src/world.ts";
import { expectMembers } from "./support/agreement.ts";

// One story, told in order: a group that libxmtp made, and governs.
const patience = { timeout: 30_000, interval: 500 };

let world: World;
let alix: Actor;
let bo: Ours;
let boOnPhone: Ours;
let caro: Actor;
let group: string;

beforeAll(async () => {
  world = await World.start();
  alix = await world.libxmtp("alix");
  caro = await world.libxmtp("caro");
  bo = await world.ours("bo");
  boOnPhone = await world.ours("bo-on-phone", bo.walletKey);
  const members = [bo.inboxId, caro.inboxId];
  const made = await alix.do<{ id: string }>("createGroup", {
    members,
    name: "reading",
  });
  group = made.id;
});

afterAll(() => world.close());

test("ours leaves, and libxmtp's super admin removes all its installations", async () => {
  const all = [alix, bo, boOnPhone, caro];
  await expectMembers(group, all, all);
  const conversation = await bo.conversation(group);
  await conversation.requestRemoval();
  expect(await conversation.isPendingRemoval()).toBe(true);
  await expect
    .poll(async () => {
      await boOnPhone.conversation(group);
      return isOut(alix, bo);
    }, patience)
    .toBe(true);
  await expectMembers(group, [alix, caro], [alix, caro]);
  for (const one of [bo, boOnPhone]) {
    const there = await one.conversation(group);
    expect(there.isActive()).toBe(false);
    expect(await there.isPendingRemoval()).toBe(false);
  }
});

test("libxmtp shows the request as a message", async () => {
  for (const one of [alix, caro]) {
    const { messages = [] } = (await one.conversation(group)) ?? {};
    const types = messages.map(({ contentType }) => contentType);
    expect(types.filter((type) => /leave_?request/i.test(type))).toHaveLength(
      1,
    );
  }
});

test("who is added again by libxmtp stays", async () => {
  await alix.do("addMembers", { group, members: [bo.inboxId] });
  const all = [alix, bo, boOnPhone, caro];
  await expectMembers(group, all, all);
  const there = await bo.conversation(group);
  expect(await there.isPendingRemoval()).toBe(false);
  await bo.sendText(group, "back again");
  expect((await alix.texts(group)).at(-1)).toBe("back again");
  await expectMembers(group, all, all);
});

async function isOut(member: Actor, who: Ours): Promise<boolean> {
  const members = await member.conversationMembers(group);
  return members.every(({ inboxId }) => inboxId !== who.inboxId);
}
