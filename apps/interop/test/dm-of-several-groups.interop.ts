import { afterAll, beforeAll, expect, test } from "vitest";
import type { Actor } from "../src/actor.ts";
import type { Ours } from "../src/ours.ts";
import { World } from "../src/world.ts";
import { expectTexts } from "./support/agreement.ts";

// One story, told in order, of a DM that ours and libxmtp make at the same time.
let world: World;
let alix: Ours;
let bo: Actor;
let groups: readonly string[];
const texts: string[] = [];

beforeAll(async () => {
  world = await World.start();
  alix = await world.ours("alix");
  bo = await world.libxmtp("bo");
});

afterAll(() => world.close());

/** Both find the same messages under each of the DM's groups, and ours lists one conversation. */
async function expectOneDm(): Promise<void> {
  for (const group of groups) await expectTexts(group, [alix, bo], texts);
  const listed = await alix.client.conversations.list({
    consentStates: ["unknown", "allowed", "denied"],
  });
  expect(listed).toHaveLength(1);
  const others = (await listed[0]?.duplicateDms()) ?? [];
  const ids = [...listed, ...others].map(({ id }) => id);
  expect(ids.toSorted()).toEqual(groups);
}

async function say(who: Actor | Ours, group: string | undefined, text: string) {
  await who.sendText(group ?? "", text);
  texts.push(text);
}

test("both make one at the same time, and have one conversation with all messages", async () => {
  const ofAlix = await alix.client.conversations.newDm(bo.inboxId);
  await say(alix, ofAlix.id, "a1");
  // Bo hears of it with its first sync.
  const ofBo = await bo.do<{ readonly id: string }>("createDm", {
    member: alix.inboxId,
  });
  await say(bo, ofBo.id, "b1");
  expect(ofAlix.id).not.toBe(ofBo.id);
  groups = [ofAlix.id, ofBo.id].toSorted();
  await expectOneDm();
  const messages = await (await alix.conversation(ofAlix.id)).messages();
  const sentIn = messages.map(({ conversationId }) => conversationId);
  expect(sentIn).toEqual([ofBo.id, ofAlix.id]);
});

test("each finds it again instead of making another one", async () => {
  const again = await alix.client.conversations.newDm(bo.inboxId);
  const { id } = await bo.do<{ readonly id: string }>("createDm", {
    member: alix.inboxId,
  });
  expect(groups).toContain(again.id);
  expect(groups).toContain(id);
});

test("both write on under either group, and read each other", async () => {
  for (const group of groups) {
    await say(alix, group, `a in ${group}`);
    await say(bo, group, `b in ${group}`);
    await say(bo, group, `b again in ${group}`);
    await say(alix, group, `a again in ${group}`);
  }
  await expectOneDm();
});

test("an installation of libxmtp takes ours' decision for all groups of the DM", async () => {
  const phone = await world.libxmtp("alix-phone", alix.walletKey);
  const patience = { timeout: 60_000, interval: 500 };
  const consents = async () => {
    await alix.client.syncAllDeviceSyncGroups();
    await alix.client.settled();
    await phone.do("syncDeviceSync");
    const shown = await Promise.all(groups.map((id) => phone.conversation(id)));
    return shown.map((conversation) => conversation?.consent);
  };
  await expect.poll(consents, patience).not.toContain(undefined);
  const [dm] = await alix.client.conversations.list();
  await dm?.updateConsentState("denied");
  await expect.poll(consents, patience).toEqual(["Denied", "Denied"]);
  await say(bo, groups[0], "still there?");
  await expectOneDm();
});
