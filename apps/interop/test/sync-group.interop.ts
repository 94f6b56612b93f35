import { create } from "@bufbuild/protobuf";
import { DeviceSyncRequestSchema } from "@history-sync/proto/device-sync";
import type { SyncContent } from "@history-sync/sync-group";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Actor } from "../src/actor.ts";
import { decidedIn, denied } from "../src/device-sync-content.ts";
import type { OurSyncGroups } from "../src/our-sync-groups.ts";
import { newWalletKey } from "../src/wallet-key.ts";
import { World } from "../src/world.ts";

const patience = { timeout: 30_000, interval: 250 };
const spammer = "a1".repeat(32);
const troll = "b2".repeat(32);
const bot = "c3".repeat(32);

let world: World;
let walletKey: string;

beforeEach(async () => {
  world = await World.start();
  walletKey = newWalletKey();
});

afterEach(() => world.close());

test("in a sync group that libxmtp makes, messages go both ways", async () => {
  const ours = await world.ourSyncGroups(walletKey);
  const theirs = await world.libxmtp("theirs", walletKey);
  await expectJoined(ours);
  await expectBothWays(ours, theirs);
});

test("in a sync group that ours makes, messages go both ways", async () => {
  const theirs = await world.libxmtp("theirs", walletKey);
  const ours = await world.ourSyncGroups(walletKey);
  await ours.groups.ensure({ graceMs: 0 });
  await theirs.do("syncDeviceSync");
  await expectBothWays(ours, theirs);
});

test("libxmtp follows when ours adds another of ours", async () => {
  const theirs = await world.libxmtp("theirs", walletKey);
  const ours = await world.ourSyncGroups(walletKey, { newcomerGraceMs: 0 });
  await ours.groups.ensure({ graceMs: 0 });
  const ourSecond = await world.ourSyncGroups(walletKey);
  expect(await ours.groups.refreshMembers()).toMatchObject({
    added: [ourSecond.installationId],
    failed: [],
  });
  await ourSecond.groups.ensure();
  await ourSecond.groups.send(denied(spammer));
  await expectDenied([theirs], spammer);
  await expectHeard(ours, spammer);
});

test("a revoked installation of libxmtp is out of what ours sends next", async () => {
  const ours = await world.ourSyncGroups(walletKey);
  const theirs = await world.libxmtp("theirs", walletKey);
  const revoked = await world.libxmtp("revoked", walletKey);
  await expectMember(ours, revoked.installationId);
  await ours.groups.send(denied(spammer));
  await expectDenied([theirs, revoked], spammer);

  await ours.revoke(revoked.installationId);
  await ours.groups.send(denied(troll));
  await expectDenied([theirs], troll);
  await revoked.do("syncDeviceSync");
  expect(await revoked.consentOf(troll)).toBe("Unknown");
});

test("a revoked installation of ours is out of what both send next", async () => {
  const theirs = await world.libxmtp("theirs", walletKey);
  const revoked = await world.ourSyncGroups(walletKey);
  const ours = await world.ourSyncGroups(walletKey);
  await ours.groups.ensure({ graceMs: 0 });
  await theirs.do("syncDeviceSync");
  await ours.groups.send(denied(spammer));
  await expectHeard(revoked, spammer);

  await ours.revoke(revoked.installationId);
  await ours.groups.send(denied(troll));
  await expectDenied([theirs], troll);
  await theirs.do("setConsent", { entityType: 1, entity: bot, state: 2 });
  await expectHeard(ours, bot);
  expect(await decided(revoked)).toEqual([spammer]);
});

/** libxmtp makes a sync group when it starts, and drops what the user decides before. */
async function expectJoined({ groups }: OurSyncGroups): Promise<void> {
  await expect
    .poll(async () => {
      await groups.sync();
      return groups.refreshMembers();
    }, patience)
    .toMatchObject({ added: [], removed: [] });
}

/** The newest installation creates a sync group for all, and is in no other one at first. */
async function expectMember(
  { groups }: OurSyncGroups,
  installation: string,
): Promise<void> {
  await expect
    .poll(async () => {
      await groups.sync();
      return groups.members;
    }, patience)
    .toContain(installation);
}

/** Each says something, and asks; the other hears it. */
async function expectBothWays(
  ours: OurSyncGroups,
  theirs: Actor,
): Promise<void> {
  await theirs.do("setConsent", { entityType: 1, entity: spammer, state: 2 });
  await expectHeard(ours, spammer);
  const serverUrl = world.historySyncUrl;
  await theirs.do("sendSyncRequest", { serverUrl });
  await expect
    .poll(() => heard(ours), patience)
    .toContainEqual({
      case: "request",
      value: expect.objectContaining({
        serverUrl,
        pin: expect.stringMatching(/^[A-Za-z0-9]{5}$/),
      }),
    });

  await ours.groups.send(denied(troll));
  await expectDenied([theirs], troll);
  const pin = "ours1";
  const options = { elements: [1, 2] };
  await ours.groups.send({
    case: "request",
    value: create(DeviceSyncRequestSchema, { pin, serverUrl, options }),
  });
  await expect
    .poll(async () => {
      await theirs.do("syncDeviceSync");
      return heard(ours);
    }, patience)
    .toContainEqual({
      case: "reply",
      value: expect.objectContaining({
        requestId: pin,
        url: expect.stringContaining(`${serverUrl}/files/`),
      }),
    });
}

async function expectHeard(ours: OurSyncGroups, entity: string) {
  await expect.poll(() => decided(ours), patience).toContain(entity);
}

async function expectDenied(theirs: readonly Actor[], entity: string) {
  for (const installation of theirs) {
    await expect
      .poll(async () => {
        await installation.do("syncDeviceSync");
        return installation.consentOf(entity);
      }, patience)
      .toBe("Denied");
  }
}

async function decided(ours: OurSyncGroups): Promise<readonly string[]> {
  return (await heard(ours)).flatMap(decidedIn);
}

/** Returns the messages of the others so far. */
async function heard({
  groups,
}: OurSyncGroups): Promise<readonly SyncContent[]> {
  await groups.sync();
  const pending = await groups.pending();
  return pending.filter(({ own }) => !own).map(({ content }) => content);
}
