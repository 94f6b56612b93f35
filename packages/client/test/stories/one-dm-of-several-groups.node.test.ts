import { ConsentStateSave } from "@history-sync/proto/device-sync";
import { expect, test } from "vitest";
import type { Conversation } from "../../src/index.js";
import {
  atOther,
  type Installation,
  nextOf,
  textsOf,
} from "../support/stage.js";
import { minuteMs, World } from "./world.js";

const key = new Uint8Array(32).fill(5);

/** The DM with another user, as an installation has it after a sync. */
async function dmWith(
  other: Installation,
  { client }: Installation,
): Promise<Conversation> {
  await client.conversations.syncAll();
  const { inboxId } = other.client;
  const dm = await client.conversations.getDmByInboxId(inboxId);
  if (!dm) throw new TypeError("expected a DM");
  return dm;
}

/** The ids of all groups of a DM, sorted. */
async function groupsOf(dm: Conversation): Promise<readonly string[]> {
  const others = await dm.duplicateDms();
  return [dm.id, ...others.map(({ id }) => id)].toSorted();
}

/** Says so in turns, a minute after each other. */
async function talk(
  world: World,
  dm: Conversation,
  ...texts: readonly string[]
): Promise<void> {
  for (const text of texts) {
    world.clock.advance(minuteMs);
    await dm.sendText(text);
  }
}

test("two make a DM with each other at once: both have one conversation, with all that both write", async () => {
  await using world = await World.open();
  const alix = await world.start("alix");
  const bo = await world.start("bo", { user: "bo" });
  const listening = new AbortController();
  const updates = bo.client.conversations.updates(listening.signal);
  const [ofAlix, ofBo] = await Promise.all([
    alix.client.conversations.newDm(bo.client.inboxId),
    bo.client.conversations.newDm(alix.client.inboxId),
  ]);
  await dmWith(bo, alix);
  await dmWith(alix, bo);
  const groups = await groupsOf(ofAlix);
  expect(groups).toHaveLength(2);
  expect(await groupsOf(ofBo)).toEqual(groups);
  // Each writes in the group that came last, which is the other one's.
  await talk(world, ofAlix, "a1");
  await talk(world, ofBo, "b1");
  const [newest, oldest] = await (await dmWith(alix, bo)).messages();
  expect(newest?.conversationId).not.toBe(oldest?.conversationId);
  await talk(world, await dmWith(bo, alix), "a2", "a3");
  await talk(world, await dmWith(alix, bo), "b2");

  const texts = ["a1", "b1", "a2", "a3", "b2"];
  for (const [one, other] of [
    [alix, bo],
    [bo, alix],
  ] as const) {
    const dm = await dmWith(other, one);
    const { conversations } = one.client;
    expect(await textsOf(dm)).toEqual(texts);
    expect((await conversations.list()).map(({ id }) => id)).toEqual([dm.id]);
    expect(await conversations.syncAll()).toEqual({ eligible: 1, synced: 1 });
    expect((await conversations.newDm(other.client.inboxId)).id).toBe(dm.id);
    for (const id of groups) {
      const found = await conversations.getConversationById(id);
      expect(found?.id).toBe(dm.id);
    }
    const [duplicate] = await dm.duplicateDms();
    expect(duplicate && (await textsOf(duplicate))).toEqual(texts);
    const keys = await conversations.hmacKeys();
    expect([...keys.keys()].toSorted()).toEqual(groups);
  }
  listening.abort();
  expect(await nextOf(updates)).toMatchObject({ type: "new" });
  expect(await nextOf(updates)).toBeUndefined();
});

test("a DM that an archive brought continues in a new group, with its history", async () => {
  await using world = await World.open();
  const phone = await world.start("phone");
  const bo = await world.start("bo", { user: "bo" });
  const past = await phone.client.conversations.newDm(bo.client.inboxId);
  await talk(world, past, "long ago");
  await talk(world, await dmWith(phone, bo), "indeed");
  await past.sync();

  const laptop = await world.start("laptop", { disableDeviceSync: true });
  const { conversations } = laptop.client;
  const archive = () => phone.client.createArchive(key);
  await laptop.client.importArchive(archive(), key, "past");
  const [restored] = await conversations.list();
  expect(restored?.isActive()).toBe(false);
  expect(restored?.id).toBe(past.id);
  const updates = conversations.updates();
  const dm = await conversations.newDm(bo.client.inboxId);
  expect(dm.id).not.toBe(past.id);
  expect(await nextOf(updates)).toMatchObject({
    type: "active",
    conversation: { id: dm.id },
  });
  expect(await conversations.list()).toHaveLength(1);
  // The conversation object from before continues to work.
  expect(restored?.isActive()).toBe(true);
  if (restored) await talk(world, restored, "back again");
  const there = await dmWith(phone, bo);
  await talk(world, there, "at last");
  const texts = ["long ago", "indeed", "back again", "at last"];
  expect(await textsOf(await dmWith(bo, laptop))).toEqual(texts);
  expect(await textsOf(there)).toEqual(texts);
  expect(await bo.client.conversations.list()).toHaveLength(1);
});

test("messages that an archive brings later are in the DM that was there before", async () => {
  await using world = await World.open();
  const phone = await world.start("phone");
  const bo = await world.start("bo", { user: "bo" });
  const past = await phone.client.conversations.newDm(bo.client.inboxId);
  await talk(world, past, "long ago");
  const laptop = await world.start("laptop", { disableDeviceSync: true });
  const dm = await laptop.client.conversations.newDm(bo.client.inboxId);
  await talk(world, dm, "anybody?");
  const archive = phone.client.createArchive(key);
  await laptop.client.importArchive(archive, key, "past");
  expect(await textsOf(dm)).toEqual(["long ago", "anybody?"]);
  expect(await laptop.client.conversations.list()).toHaveLength(1);
});

test("a stream gives the messages of a DM's groups, of those too that come after it began", async () => {
  await using world = await World.open();
  const phone = await world.start("phone");
  const bo = await world.start("bo", { user: "bo" });
  const caro = await world.start("caro", { user: "caro" });
  const dm = await bo.client.conversations.newDm(phone.client.inboxId);
  const messages = dm.stream();
  await talk(world, await dmWith(bo, phone), "from the phone");
  expect(await nextOf(messages)).toMatchObject({ text: "from the phone" });
  const elsewhere = await caro.client.conversations.newDm(bo.client.inboxId);
  await talk(world, elsewhere, "from caro");
  const laptop = await world.start("laptop", { disableDeviceSync: true });
  const another = await laptop.client.conversations.newDm(bo.client.inboxId);
  await talk(world, another, "from the laptop");
  expect(await nextOf(messages)).toMatchObject({
    text: "from the laptop",
    conversationId: another.id,
  });
  // The answer goes where the last message came from.
  await talk(world, dm, "hello laptop");
  expect(await nextOf(messages)).toMatchObject({
    text: "hello laptop",
    conversationId: another.id,
  });
  await another.sync();
  expect(await textsOf(another)).toEqual(["from the laptop", "hello laptop"]);
});

test("consent is given to a DM as a whole", async () => {
  await using world = await World.open();
  const phone = await world.start("phone");
  const bo = await world.start("bo", { user: "bo" });
  const dm = await phone.client.conversations.newDm(bo.client.inboxId);
  const there = await atOther(bo, dm);
  await there.updateConsentState("denied");

  const laptop = await world.start("laptop", { disableDeviceSync: true });
  const another = await laptop.client.conversations.newDm(bo.client.inboxId);
  await talk(world, another, "are you there?");
  const { conversations, preferences } = bo.client;
  expect(await conversations.syncAll()).toEqual({ eligible: 0, synced: 0 });
  expect(await conversations.list()).toEqual([]);
  const stateOf = ({ id }: Conversation) =>
    preferences.getConsentState("conversation", id);
  expect(await stateOf(another)).toBe("denied");

  world.clock.advance(minuteMs);
  const decision = { entityType: "conversation", state: "allowed" } as const;
  await preferences.setConsentStates([{ ...decision, entity: another.id }]);
  expect(await there.consentState()).toBe("allowed");
  const records = (await bo.store.history.consentRecords()).map(
    ({ entity, state }) => ({ entity, state }),
  );
  expect(records).toEqual(
    [dm.id, another.id].toSorted().map((entity) => ({
      entity,
      state: ConsentStateSave.ALLOWED,
    })),
  );
  expect(await conversations.list()).toHaveLength(1);
});
