import type { Fork } from "@history-sync/mls-group";
import {
  type GroupId,
  groupIdOf,
  silent,
  systemRandomBytes,
} from "@history-sync/primitives";
import { openInboxInstallation } from "@history-sync/sync-group";
import { expect, test } from "vitest";
import { type Conversation, encodeText } from "../../src/index.js";
import { atOther, type Installation, textsOf } from "../support/stage.js";
import { minuteMs, World } from "./world.js";

interface TwoGroups {
  readonly alix: Installation;
  readonly bo: Installation;
  /** Alix' DM with bo. */
  readonly older: Conversation;
  /** The same, made on her laptop, which doesn't know the other one. */
  readonly newer: Conversation;
}

/** The newest message is in the newer group; where a text is given, it waits in the older one to be sent by bo. */
async function dmOfTwoGroups(
  world: World,
  waiting?: string,
): Promise<TwoGroups> {
  const alix = await world.start("alix", { user: "alix" });
  const bo = await world.start("bo", { user: "bo" });
  const { inboxId } = bo.client;
  const older = await alix.client.conversations.newDm(inboxId);
  await older.sendText("older");
  if (waiting !== undefined) {
    const there = await atOther(bo, older);
    await there.sendOptimistic(encodeText(waiting));
  }
  world.clock.advance(minuteMs);
  const options = { user: "alix", disableDeviceSync: true };
  const laptop = await world.start("laptop", options);
  const newer = await laptop.client.conversations.newDm(inboxId);
  await newer.sendText("newer");
  await bo.client.conversations.sync();
  if (waiting === undefined) await atOther(bo, newer);
  return { alix, bo, older, newer };
}

/** The DM by any of its groups, without a sync. */
async function dmOf(
  { client }: Installation,
  { id }: Conversation,
): Promise<Conversation> {
  const dm = await client.conversations.getConversationById(id);
  if (!dm) throw new TypeError("expected the DM");
  return dm;
}

/** Where the next message in the DM goes. */
async function nextGoesTo(world: World, dm: Conversation): Promise<GroupId> {
  world.clock.advance(minuteMs);
  const id = await dm.sendText("hello");
  const messages = await dm.messages();
  const sent = messages.find((message) => message.id === id);
  if (!sent) throw new TypeError("expected what was sent");
  return sent.conversationId;
}

/** Notes in the store that the group may be forked. */
async function suspect({ store }: Installation, id: GroupId): Promise<void> {
  const fork: Fork = { epoch: 99n, sinceNs: 1n, reason: "unreadable-commit" };
  const record = await store.groups.group(id);
  if (record) await store.groups.commit({ groups: [{ ...record, fork }] });
}

test("one writes in the group with the newest message, and what waits goes out in its own", async () => {
  await using world = await World.open();
  const { alix, bo, older, newer } = await dmOfTwoGroups(world, "kept");
  const dm = await dmOf(bo, older);
  expect(dm.id).toBe(newer.id);
  expect(await nextGoesTo(world, dm)).toBe(newer.id);
  world.clock.advance(minuteMs);
  await dm.publishMessages();
  expect((await dmOf(bo, newer)).id).toBe(older.id);
  expect(await nextGoesTo(world, dm)).toBe(older.id);

  await dm.sync();
  const messages = await dm.messages();
  expect(messages.map(({ text }) => text)).toEqual([
    "hello",
    "kept",
    "hello",
    "newer",
    "older",
  ]);
  expect(messages.map(({ conversationId }) => conversationId)).toEqual([
    older.id,
    older.id,
    newer.id,
    newer.id,
    older.id,
  ]);
  const there = await atOther(alix, newer);
  expect(await there.messages()).toMatchObject(
    messages.map(({ id }) => ({ id, deliveryStatus: "published" })),
  );
  // Pages end anywhere among the groups.
  const [newest] = await dm.messages({ limit: 1 });
  expect(newest).toEqual(messages[0]);
  const next = await dm.messages({
    limit: 3,
    ...(newest && { before: newest }),
  });
  expect(next).toEqual(messages.slice(1, 4));
  const before = next.at(-1);
  expect(await dm.messages({ ...(before && { before }) })).toEqual(
    messages.slice(4),
  );
});

test("one writes in a group that may be forked only where there is no other", async () => {
  await using world = await World.open();
  const { bo, older, newer } = await dmOfTwoGroups(world);
  const dm = await dmOf(bo, newer);
  await suspect(bo, newer.id);
  await dm.sync();
  expect(await nextGoesTo(world, dm)).toBe(older.id);
  await suspect(bo, older.id);
  await dm.sync();
  expect(await nextGoesTo(world, dm)).toBe(older.id);
});

test("a DM is active while any of its groups is, and continues there", async () => {
  await using world = await World.open();
  const { bo, older, newer } = await dmOfTwoGroups(world);
  const { clock, deliveryService } = world;
  const leave = async (id: GroupId) => {
    const low = await openInboxInstallation(
      {
        deliveryService,
        store: bo.store.groups,
        clock,
        randomBytes: systemRandomBytes,
        log: silent,
      },
      {
        inboxId: bo.client.inboxId,
        authentication: { validate: async () => true },
      },
    );
    await low.group(id)?.forget();
  };
  const dm = await dmOf(bo, newer);
  await leave(newer.id);
  await dm.sync();
  expect(dm.isActive()).toBe(true);
  expect(await nextGoesTo(world, dm)).toBe(older.id);
  await leave(older.id);
  await dm.sync();
  expect(dm.isActive()).toBe(false);
  expect(await textsOf(dm)).toEqual(["older", "newer", "hello"]);
  await expect(dm.sendText("still here?")).rejects.toMatchObject({
    code: "conversation-inactive",
  });
});

test("a member that was removed from all groups of a DM gets one update", async () => {
  await using world = await World.open();
  const { alix, older } = await dmOfTwoGroups(world);
  const lost = await world.start("lost", { user: "bo" });
  world.clock.advance(31 * minuteMs);
  await atOther(alix, older);
  const dm = await atOther(lost, older);
  expect(await dm.duplicateDms()).toHaveLength(1);
  const listening = new AbortController();
  const { conversations } = lost.client;
  const updates = conversations.updates(listening.signal);

  const bo = await world.start("bo-again", { user: "bo" });
  await bo.client.revokeInstallations([lost.client.installationId]);
  world.clock.advance(31 * minuteMs);
  await atOther(alix, older);
  await dm.sync();
  expect(dm.isActive()).toBe(false);
  listening.abort();
  const told = [];
  for await (const { type } of updates) told.push(type);
  expect(told).toEqual(["inactive"]);
});

test("one asks for what all groups of a DM had before their oldest message", async () => {
  await using world = await World.open();
  const { bo, older, newer } = await dmOfTwoGroups(world);
  const dm = await dmOf(bo, newer);
  const oldest = (await dm.messages()).at(-1);
  expect(oldest?.conversationId).toBe(older.id);
  const { options } = await bo.client.history.requestOlder(dm.id);
  expect(options.endNs).toBe((oldest?.sentAtNs ?? 0n) - 1n);
  expect(options.groupIds.map(groupIdOf)).toEqual([newer.id, older.id]);
});
