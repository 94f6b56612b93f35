import { afterAll, beforeAll, expect, test } from "vitest";
import type { Actor } from "../src/actor.ts";
import type { Ours } from "../src/ours.ts";
import { World } from "../src/world.ts";
import { expectMembers } from "./support/agreement.ts";

// One story, told in order. libxmtp looks after a group's members before it sends, if it last did so 5 s ago or longer.
const patience = { timeout: 60_000, interval: 1_000 };

let world: World;
let alix: Ours;
let alixOnPhone: Ours;
let bo: Actor;
let boOnPhone: Actor;
let group: string;

beforeAll(async () => {
  world = await World.start();
  alix = await world.ours("alix");
  bo = await world.libxmtp("bo");
  const made = await alix.client.conversations.newGroup([bo.inboxId]);
  group = made.id;
  await bo.do("syncAll");
});

afterAll(() => world.close());

test("libxmtp lets a second installation of ours in", async () => {
  alixOnPhone = await world.ours("alix-on-phone", alix.walletKey);
  await alix.close();
  await expect
    .poll(async () => {
      await bo.sendText(group, "who is here?");
      return installationsIn(bo);
    }, patience)
    .toContain(alixOnPhone.installationId);
  await bo.sendText(group, "hello phone");
  expect((await alixOnPhone.texts(group)).at(-1)).toBe("hello phone");
  await alixOnPhone.sendText(group, "from alix's phone");
  expect((await bo.texts(group)).at(-1)).toBe("from alix's phone");
  await alix.open();
  await expectMembers(group, [alix, alixOnPhone, bo], [alix, alixOnPhone, bo]);
});

test("ours lets a second installation of libxmtp in", async () => {
  boOnPhone = await world.libxmtp("bo-on-phone", bo.walletKey);
  await expect
    .poll(async () => {
      await alix.sendText(group, "who is here?");
      return installationsIn(boOnPhone);
    }, patience)
    .toContain(boOnPhone.installationId);
  const all = [alix, alixOnPhone, bo, boOnPhone];
  await expectMembers(group, all, all);
  await boOnPhone.sendText(group, "from bo's phone");
  for (const member of all) {
    expect((await member.texts(group)).at(-1)).toBe("from bo's phone");
  }
});

test("a revoked installation of libxmtp is out of what ours sends next", async () => {
  await bo.do("revokeOthers", { walletKey: bo.walletKey });
  await expect
    .poll(async () => {
      await alix.sendText(group, "only to those who are of it");
      return installationsIn(alix);
    }, patience)
    .not.toContain(boOnPhone.installationId);
  const rest = [alix, alixOnPhone, bo];
  await expectMembers(group, rest, rest);
  await alix.sendText(group, "without bo's phone");
  expect((await bo.texts(group)).at(-1)).toBe("without bo's phone");
  expect(await boOnPhone.texts(group)).not.toContain("without bo's phone");
});

test("revoked installations of ours are out of what libxmtp sends next", async () => {
  const tablet = await world.libxmtp("alix-on-tablet", alix.walletKey);
  await tablet.do("revokeOthers", { walletKey: alix.walletKey });
  await expect
    .poll(async () => {
      await bo.sendText(group, "only to those who are of it");
      return installationsIn(bo);
    }, patience)
    .not.toContain(alixOnPhone.installationId);
  await bo.sendText(group, "without alix's laptop and phone");
  for (const revoked of [alix, alixOnPhone]) {
    expect((await revoked.conversation(group)).isActive()).toBe(false);
    const texts = await revoked.texts(group);
    expect(texts).not.toContain("without alix's laptop and phone");
  }
  await expectMembers(group, [bo, tablet], [bo, tablet]);
});

async function installationsIn(member: Actor | Ours) {
  const members = await member.conversationMembers(group);
  return members.flatMap(({ installationIds }) => installationIds);
}
