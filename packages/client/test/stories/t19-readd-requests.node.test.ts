import { identityLog } from "@history-sync/identity";
import type { MlsInstallation } from "@history-sync/mls-group";
import {
  inboxOf,
  newReaddRequestExtensions,
  updateMembership,
} from "@history-sync/mls-group/xmtp";
import {
  type GroupId,
  groupId,
  type InboxId,
  systemRandomBytes as randomBytes,
  silent,
} from "@history-sync/primitives";
import { openInboxInstallation } from "@history-sync/sync-group";
import { expect, test } from "vitest";
import {
  entriesOf,
  groupOf,
  type Member,
  oneshotsAt,
  sync,
} from "./forked-group.js";
import { minuteMs, World } from "./world.js";

const hourMs = 60 * minuteMs;
const always = 2n ** 64n - 1n;

test("a member that requests re-adds repeatedly is re-added once an hour", async () => {
  await using world = await World.open();
  const [alix, bo] = await groupOf(world, "alix", "bo");
  const { id } = alix.conversation;
  const hostile = await takenOver(world, bo);
  const before = (await entriesOf(world, id)).length;
  for (let round = 1; round <= 4; round++) {
    for (let nth = 0; nth < 3; nth++) {
      await ask(world, hostile, bo.client.inboxId, [alix], id);
    }
    await sync(world, alix);
  }
  expect(await entriesOf(world, id)).toHaveLength(before + 1);
  expect(await oneshotsAt(alix)).toEqual({ ever: 12, now: 1 });

  world.clock.advance(hourMs);
  await sync(world, alix, alix);
  expect(await entriesOf(world, id)).toHaveLength(before + 2);
  expect(await oneshotsAt(alix)).toEqual({ ever: 12, now: 0 });
  world.clock.advance(hourMs);
  await sync(world, alix);
  expect(await entriesOf(world, id)).toHaveLength(before + 2);
});

test("a request from before the last re-add is out of date", async () => {
  await using world = await World.open();
  const [alix, bo] = await groupOf(world, "alix", "bo");
  const { id } = alix.conversation;
  const hostile = await takenOver(world, bo);
  await ask(world, hostile, bo.client.inboxId, [alix], id);
  await sync(world, alix);
  const entries = await entriesOf(world, id);
  world.clock.advance(2 * hourMs);
  const readdedBy = entries.at(-1)?.id ?? 0n;
  await ask(world, hostile, bo.client.inboxId, [alix], id, readdedBy - 1n);
  await sync(world, alix);
  expect(await entriesOf(world, id)).toHaveLength(entries.length);
  await ask(world, hostile, bo.client.inboxId, [alix], id, readdedBy);
  await sync(world, alix);
  expect(await entriesOf(world, id)).toHaveLength(entries.length + 1);
});

test("a re-add request for another installation, by a stranger or in a conversation that isn't allowed is ignored", async () => {
  await using world = await World.open();
  const [alix, bo, caro] = await groupOf(world, "alix", "bo", "caro");
  const { id } = alix.conversation;
  const eve = await world.start("eve", {
    user: "eve",
    disableDeviceSync: true,
  });
  const dm = await alix.client.conversations.newDm(bo.client.inboxId);
  const before = await entriesOf(world, id);
  const [hostile, stranger] = [
    await takenOver(world, bo),
    await takenOver(world, eve),
  ];
  const [own, ofCaro, ofEve] = [bo, caro, eve].map(
    ({ client }) => client.inboxId,
  ) as [InboxId, InboxId, InboxId];
  const nowhere = groupId("ab".repeat(16));
  // In Caro's name; by who is no member; of who is no super admin; for other groups.
  await ask(world, hostile, ofCaro, [alix], id);
  await ask(world, stranger, ofEve, [alix], id);
  await ask(world, hostile, own, [caro], id);
  await ask(world, hostile, own, [alix], nowhere);
  await ask(world, hostile, own, [alix], dm.id);
  await sync(world, alix, caro);
  expect(await entriesOf(world, id)).toHaveLength(before.length);
  expect(await oneshotsAt(alix)).toEqual({ ever: 4, now: 0 });
  expect((await oneshotsAt(caro)).now).toBe(0);

  await alix.conversation.updateConsentState("denied");
  await ask(world, hostile, own, [alix], id);
  await sync(world, alix);
  expect(await entriesOf(world, id)).toHaveLength(before.length);
  await alix.conversation.updateConsentState("unknown");
  await ask(world, hostile, own, [alix], id);
  await sync(world, alix);
  expect(await entriesOf(world, id)).toHaveLength(before.length + 1);
});

/** The installation of a member that does what it likes. */
async function takenOver(
  { clock, deliveryService }: World,
  { client, store }: Pick<Member, "client" | "store">,
): Promise<MlsInstallation> {
  const { inboxId } = client;
  await client.close();
  return openInboxInstallation(
    { deliveryService, store: store.groups, clock, randomBytes, log: silent },
    { inboxId, authentication: { validate: async () => true } },
  );
}

/** Makes a one-shot group with an inbox's name on it, and adds others. */
async function ask(
  world: World,
  installation: MlsInstallation,
  inboxId: InboxId,
  others: readonly Pick<Member, "client">[],
  group: GroupId,
  latestCommitSequenceId: bigint = always,
): Promise<void> {
  const request = { groupId: group, latestCommitSequenceId };
  const extensions = newReaddRequestExtensions(inboxId, request, {
    randomBytes,
  });
  const oneshot = await installation.createGroup({ extensions });
  const states = identityLog({ service: world.identity });
  const wanted = new Map<InboxId, bigint>();
  for (const id of [
    inboxId,
    ...others.map(({ client }) => client.inboxId),
    ...oneshot.members().flatMap(({ credential }) => inboxOf(credential) ?? []),
  ]) {
    wanted.set(id, (await states.installations(id)).sequenceId);
  }
  await updateMembership(oneshot, () => wanted, { states });
}
