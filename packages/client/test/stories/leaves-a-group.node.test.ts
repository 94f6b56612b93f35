import { GroupMembershipStateSave } from "@history-sync/proto/device-sync";
import { expect, test } from "vitest";
import { hears, inboxesAt, inboxesOf } from "../support/leaving-stage.js";
import { atOther, textsOf } from "../support/stage.js";
import { dayMs, World } from "./world.js";

// Conversations only: other tests are about the history of the same inbox.
const alone = { disableDeviceSync: true };

test("a member leaves: the super admin removes it, and its history stays", async () => {
  await using world = await World.open();
  const [alix, bo, caro] = [
    await world.start("alix", alone),
    await world.start("bo", { ...alone, user: "bo" }),
    await world.start("caro", { ...alone, user: "caro" }),
  ];
  const group = await alix.client.conversations.newGroup([
    bo.client.inboxId,
    caro.client.inboxId,
  ]);
  await group.sendText("welcome");
  const atBo = await atOther(bo, group);
  expect(await atBo.isPendingRemoval()).toBe(false);

  world.clock.advance(1);
  await atBo.requestRemoval();
  expect(await atBo.isPendingRemoval()).toBe(true);
  expect(atBo.isActive()).toBe(true);
  expect(await atBo.consentState()).toBe("unknown");
  expect(await bo.store.history.conversation(group.id)).toMatchObject({
    membershipState: GroupMembershipStateSave.PENDING_REMOVE,
  });
  expect(await inboxesAt(caro, group)).toEqual(inboxesOf(alix, bo, caro));

  expect(await inboxesAt(alix, group)).toEqual(inboxesOf(alix, caro));
  expect(await inboxesAt(caro, group)).toEqual(inboxesOf(alix, caro));
  await hears(bo);
  expect(atBo.isActive()).toBe(false);
  expect(await atBo.isPendingRemoval()).toBe(false);
  expect(await textsOf(atBo)).toEqual(["welcome", undefined]);
  const [said] = await (await atOther(caro, group)).messages();
  expect(said).toMatchObject({
    kind: "application",
    senderInboxId: bo.client.inboxId,
    contentType: { authorityId: "xmtp.org", typeId: "leave_request" },
  });
});

test("the only super admin removes members who asked to leave while it was offline", async () => {
  await using world = await World.open();
  const [alix, bo, caro] = [
    await world.start("alix", alone),
    await world.start("bo", { ...alone, user: "bo" }),
    await world.start("caro", { ...alone, user: "caro" }),
  ];
  const group = await alix.client.conversations.newGroup([
    bo.client.inboxId,
    caro.client.inboxId,
  ]);
  await hears(caro);
  const atBo = await atOther(bo, group);
  await world.stop(alix);
  await atBo.requestRemoval();
  const atCaro = await atOther(caro, group);
  for (let day = 1; day <= 5; day++) {
    world.clock.advance(dayMs);
    await atCaro.sendText(`day ${day}`);
    await hears(bo);
  }
  expect(await atBo.isPendingRemoval()).toBe(true);

  const back = await world.start("alix", alone);
  await back.client.settled();
  expect(await inboxesAt(back, group)).toEqual(inboxesOf(back, caro));
  await hears(bo);
  expect(atBo.isActive()).toBe(false);
});

test("all installations of a leaving user show the pending request and are removed", async () => {
  await using world = await World.open();
  const alix = await world.start("alix", alone);
  const installations = [];
  for (const name of ["bo", "bo-laptop", "bo-tablet"]) {
    installations.push(await world.start(name, { ...alone, user: "bo" }));
  }
  const [phone, laptop, tablet] = installations;
  if (!phone || !laptop || !tablet) throw new TypeError("expected three");
  const group = await alix.client.conversations.newGroup([
    phone.client.inboxId,
  ]);
  const places = [];
  for (const one of installations) places.push(await atOther(one, group));
  await places[0]?.requestRemoval();
  for (const one of installations) await hears(one);
  for (const place of places) expect(await place.isPendingRemoval()).toBe(true);
  await expect(places[1]?.requestRemoval()).rejects.toMatchObject({
    code: "already-leaving",
  });

  expect(await inboxesAt(alix, group)).toEqual(inboxesOf(alix));
  expect(await group.members()).toMatchObject([
    { installationIds: { length: 1 } },
  ]);
  for (const one of installations) await hears(one);
  for (const place of places) expect(place.isActive()).toBe(false);
});

test("a user who left and is added again stays, whenever other members receive the old request", async () => {
  await using world = await World.open();
  let alix = await world.start("alix", alone);
  const dana = await world.start("dana", { ...alone, user: "dana" });
  const bo = await world.start("bo", { ...alone, user: "bo" });
  const laptop = await world.start("bo-laptop", { ...alone, user: "bo" });
  const group = await alix.client.conversations.newGroup([
    dana.client.inboxId,
    bo.client.inboxId,
  ]);
  await group.addSuperAdmin(dana.client.inboxId);
  await hears(dana);
  await hears(laptop);
  await world.stop(dana);
  await world.stop(laptop);

  const atBo = await atOther(bo, group);
  await atBo.requestRemoval();
  await hears(alix);
  await hears(bo);
  expect(atBo.isActive()).toBe(false);
  await group.addMembers([bo.client.inboxId]);
  await hears(bo);
  expect(atBo.isActive()).toBe(true);
  expect(await atBo.isPendingRemoval()).toBe(false);
  world.clock.advance(1);
  await atBo.sendText("back again");

  await world.stop(alix);
  alix = await world.start("alix", alone);
  // Those who were away hear of request, removal and return at once.
  const away = await world.start("dana", { ...alone, user: "dana" });
  const back = await world.start("bo-laptop", { ...alone, user: "bo" });
  const all = inboxesOf(alix, dana, bo);
  for (const one of [alix, away, back, bo, away]) {
    expect(await inboxesAt(one, group)).toEqual(all);
    const there = await atOther(one, group);
    expect(await there.isPendingRemoval()).toBe(false);
    const newest = (await there.messages()).map(
      ({ contentType }) => contentType.typeId,
    );
    expect(newest).toEqual(["text", "leave_request"]);
  }

  await (await atOther(back, group)).requestRemoval();
  expect(await inboxesAt(away, group)).toEqual(inboxesOf(alix, dana));
});
