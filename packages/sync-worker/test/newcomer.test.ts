import { MemoryGroupStateStore } from "@history-sync/mls-group/memory";
import {
  type InstallationId,
  silent,
  systemRandomBytes,
} from "@history-sync/primitives";
import { ManualClock } from "@history-sync/primitives/testing";
import { openSyncGroups } from "@history-sync/sync-group";
import { expect, test } from "vitest";
import { withHistory } from "./pair.js";
import { settle, stop, World } from "./world.js";

const newcomerGraceMs = 10_000;

test("a new installation asks in a group of its own, and is given history and HMAC key there", async () => {
  await using world = new World();
  world.newcomerGraceMs = newcomerGraceMs;
  const alice = await withHistory(world);
  await alice.worker.settled();
  const phone = await world.start();
  await settle(alice, phone);
  await settle(alice, phone);

  expect(await phone.worker.requests()).toMatchObject([
    { role: "requester", stage: { name: "receipted" } },
  ]);
  expect(phone.disk.history.messages).toBe(3);
  const hmacKey = await phone.disk.history.hmacKey();
  expect(hmacKey?.key).toHaveLength(42);
  expect(await alice.disk.history.hmacKey()).toEqual(hmacKey);
  expect(await phone.disk.groups.groups()).toHaveLength(1);
});

test("an online installation gives a new installation the HMAC key", async () => {
  await using world = new World();
  world.newcomerGraceMs = newcomerGraceMs;
  const alice = await withHistory(world);
  await alice.worker.settled();
  const phone = await world.start();
  await settle(alice, phone);
  await stop(alice);
  const tablet = await world.start();
  await settle(phone, tablet);
  const hmacKey = await tablet.disk.history.hmacKey();
  expect(hmacKey?.key).toHaveLength(42);
  expect(await phone.disk.history.hmacKey()).toEqual(hmacKey);
});

test("one that makes no group is added by itself when its time is over, and then there is a new HMAC key", async () => {
  const clock = new ManualClock(Date.UTC(2040, 0, 1));
  await using world = new World(clock);
  world.newcomerGraceMs = newcomerGraceMs;
  const alice = await withHistory(world);
  await alice.worker.settled();
  const before = await alice.disk.history.hmacKey();
  const silentOne = await register(world);
  await alice.worker.refreshInstallations();
  expect(alice.syncGroups.members).not.toContain(silentOne);
  expect(await alice.disk.history.hmacKey()).toEqual(before);

  clock.advance(newcomerGraceMs);
  await expect.poll(() => alice.syncGroups.members).toContain(silentOne);
  await alice.worker.settled();
  expect(await alice.disk.history.hmacKey()).not.toEqual(before);
});

/** An installation that is in the inbox, and does no more. */
async function register(world: World): Promise<InstallationId> {
  const { node, installations, clock, inbox } = world;
  const { installationId } = await openSyncGroups(
    {
      deliveryService: node,
      store: new MemoryGroupStateStore(),
      installations,
      clock,
      randomBytes: systemRandomBytes,
      log: silent,
    },
    { inboxId: inbox },
  );
  installations.add(inbox, installationId);
  return installationId;
}
