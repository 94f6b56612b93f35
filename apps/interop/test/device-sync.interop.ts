import { afterAll, beforeAll, expect, test } from "vitest";
import type { Actor } from "../src/actor.ts";
import type { Ours } from "../src/ours.ts";
import { sentWithKey } from "../src/sent-with-key.ts";
import { World } from "../src/world.ts";
import { expectTexts } from "./support/agreement.ts";

// One story, told in order: alix's installations are of ours and of libxmtp; bo is somebody to talk with.
const patience = { timeout: 30_000, interval: 500 };
const texts = ["one", "two"];
const spammer = "a1".repeat(32);
const troll = "b2".repeat(32);

let world: World;
let bo: Actor;
let theirs: Actor;
let ours: Ours;
let theirPhone: Actor;
let group: string;

beforeAll(async () => {
  world = await World.start();
  bo = await world.libxmtp("bo");
  theirs = await world.libxmtp("theirs");
  ({ id: group } = await theirs.do<{ readonly id: string }>("createGroup", {
    members: [bo.inboxId],
    name: "plans",
  }));
  for (const text of texts) await theirs.sendText(group, text);
  await theirs.do("setConsent", { entityType: 1, entity: spammer, state: 2 });
});

afterAll(() => world.close());

test("ours is new and asks, libxmtp answers, ours imports", async () => {
  ours = await world.ours("ours", theirs.walletKey);
  expect(ours.inboxId).toBe(theirs.inboxId);
  await expect
    .poll(async () => {
      await theirs.do("syncDeviceSync");
      await ours.client.settled();
      return ours.client.history.requests();
    }, patience)
    .toMatchObject([{ role: "requester", stage: { name: "receipted" } }]);

  await expectTexts(group, [ours, theirs], texts);
  const conversation = await ours.conversation(group);
  expect(conversation.name).toBe("plans");
  expect(await conversation.consentState()).toBe("allowed");
  expect(await ours.consentOf(spammer)).toBe("denied");
});

test("libxmtp lets ours into the conversation, where it goes on", async () => {
  await expect
    .poll(async () => {
      await theirs.do("syncAll");
      return (await ours.conversation(group)).isActive();
    }, patience)
    .toBe(true);
  await ours.sendText(group, "three");
  texts.push("three");
  await expectTexts(group, [ours, theirs, bo], texts);
});

test("libxmtp gives ours the HMAC key", async () => {
  await expectKeyOf(theirs);
});

test("libxmtp is new and asks, ours answers, libxmtp imports", async () => {
  await theirs.do("close");
  theirPhone = await world.libxmtp("their-phone", theirs.walletKey);
  // Ours hears of it now, and keeps it out of the older group: there libxmtp would take no answer to what it asks here.
  await ours.client.syncAllDeviceSyncGroups();
  await theirPhone.do("sendSyncRequest", { serverUrl: world.historySyncUrl });
  const history = await ours.texts(group);
  await expect
    .poll(async () => {
      await theirPhone.do("syncDeviceSync");
      return theirPhone.texts(group);
    }, patience)
    .toEqual(history);
  await expectTexts(group, [ours, theirPhone], history);
  expect((await theirPhone.conversation(group))?.name).toBe("plans");
  expect(await theirPhone.consentOf(spammer)).toBe("Denied");
});

test("ours gives libxmtp the HMAC key", async () => {
  await expect
    .poll(async () => {
      await theirPhone.do("syncAll");
      return (await theirPhone.conversation(group))?.isActive;
    }, patience)
    .toBe(true);
  await expectKeyOf(theirPhone);
});

test("the messages of ours bear the mark of the key that libxmtp has", async () => {
  await ours.sendText(group, "marked by ours");
  await expectTexts(group, [theirPhone], await ours.texts(group));
  const key = await ours.client.preferences.hmacKey();
  expect(key && (await sentWithKey(key, group, world.nodeUrl))).toBe(true);
});

test("what one side allows or denies, the other learns", async () => {
  await theirPhone.do("setConsent", {
    entityType: 1,
    entity: troll,
    state: 2,
  });
  await expect.poll(() => ours.consentOf(troll), patience).toBe("denied");
  await ours.client.preferences.setConsentStates([
    { entityType: "inbox", entity: troll, state: "allowed" },
    { entityType: "conversation", entity: group, state: "denied" },
  ]);
  await expect
    .poll(async () => {
      await theirPhone.do("syncDeviceSync");
      return theirPhone.consentOf(troll);
    }, patience)
    .toBe("Allowed");
  expect((await theirPhone.conversation(group))?.consent).toBe("Denied");
});

test("libxmtp takes an archive that ours sends, by its pin", async () => {
  const tablet = await world.libxmtp("their-tablet", theirs.walletKey);
  const history = await ours.texts(group);
  expect(await tablet.texts(group)).not.toEqual(history);
  await expect
    .poll(async () => {
      await ours.client.syncAllDeviceSyncGroups();
      const { installations } = await ours.client.inboxState();
      return installations.map(({ id }) => id);
    }, patience)
    .toContain(tablet.installationId);
  await ours.client.sendSyncArchive("from-ours");
  await expect
    .poll(async () => {
      await tablet.do("syncDeviceSync");
      return pinsOf(await tablet.do("listAvailableArchives"));
    }, patience)
    .toContain("from-ours");
  await tablet.do("processSyncArchive", { pin: "from-ours" });
  await expectTexts(group, [ours, tablet], history);
});

test("ours takes an archive that libxmtp sends, by its pin", async () => {
  await ours.close();
  const laptop = await world.ours("our-laptop", theirs.walletKey);
  await laptop.client.settled();
  const [request] = await laptop.client.history.requests();
  if (!request) throw new Error("the laptop didn't ask");
  await laptop.client.history.cancel(request.id);

  await theirPhone.do("syncDeviceSync");
  await theirPhone.do("sendSyncArchive", {
    serverUrl: world.historySyncUrl,
    pin: "from-libxmtp",
  });
  await expect
    .poll(async () => {
      await laptop.client.syncAllDeviceSyncGroups();
      return pinsOf(await laptop.client.listAvailableArchives(1));
    }, patience)
    .toContain("from-libxmtp");
  const history = await theirPhone.texts(group);
  expect(await laptop.texts(group)).not.toEqual(history);
  await laptop.client.processSyncArchive("from-libxmtp");
  await expectTexts(group, [laptop, theirPhone], history);
});

function pinsOf(archives: readonly { readonly pin: string }[]) {
  return archives.map(({ pin }) => pin);
}

/** The installation's messages bear the mark of the key that ours holds. */
async function expectKeyOf(installation: Actor): Promise<void> {
  await expect
    .poll(async () => {
      await installation.do("syncDeviceSync");
      await installation.sendText(group, "marked");
      const key = await ours.client.preferences.hmacKey();
      return key && sentWithKey(key, group, world.nodeUrl);
    }, patience)
    .toBe(true);
}
