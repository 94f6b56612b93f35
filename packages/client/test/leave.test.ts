import { create, toBinary } from "@bufbuild/protobuf";
import {
  encodeLeaveRequest,
  withSuperAdmin,
} from "@history-sync/mls-group/xmtp";
import {
  type GroupId,
  idBytes,
  inboxId,
  nowNs,
  silent,
  systemClock,
  systemRandomBytes,
} from "@history-sync/primitives";
import {
  DeliveryStatusSave,
  GroupMessageKindSave,
  GroupMessageSaveSchema,
} from "@history-sync/proto/device-sync";
import { EncodedContentSchema } from "@history-sync/proto/message-contents";
import { openInboxInstallation } from "@history-sync/sync-group";
import { expect, test } from "vitest";
import { encodeText } from "../src/index.js";
import { failing, overtaken } from "./support/failing-node.js";
import { dyingAt } from "./support/faulty-store.js";
import { hurriedClock } from "./support/hurried-clock.js";
import {
  epochAt,
  hears,
  inboxesAt,
  inboxesOf,
} from "./support/leaving-stage.js";
import { MemoryStage } from "./support/memory-stage.js";
import { atOther, type Installation } from "./support/stage.js";

const alone = { disableDeviceSync: true };
const type = {
  authorityId: "xmtp.org",
  typeId: "leave_request",
  versionMajor: 1,
};

test("a DM, a group of one and a super admin's group can't be left, and a second request is refused", async () => {
  await using stage = new MemoryStage();
  const alix = await stage.start("alix", alone);
  const bo = await stage.start("bo", alone);
  const { conversations } = alix.client;
  const dm = await conversations.newDm(bo.client.inboxId);
  const single = await conversations.newGroup([]);
  const group = await conversations.newGroup([bo.client.inboxId]);
  for (const one of [dm, single, group]) {
    await expect(one.requestRemoval()).rejects.toMatchObject({
      code: "cannot-leave",
    });
    expect(await one.messages()).toEqual([]);
  }

  const atBo = await atOther(bo, group);
  const both = [atBo.requestRemoval(), atBo.requestRemoval()];
  expect((await Promise.allSettled(both)).map(({ status }) => status)).toEqual([
    "fulfilled",
    "rejected",
  ]);
  await expect(atBo.requestRemoval()).rejects.toMatchObject({
    code: "already-leaving",
  });
  expect(await atBo.messages()).toHaveLength(1);
  await hears(alix);
  await hears(bo);
  await expect(atBo.requestRemoval()).rejects.toMatchObject({
    code: "conversation-inactive",
  });
});

test("a request that couldn't be sent goes out with the next call, once", async () => {
  await using stage = new MemoryStage();
  const alix = await stage.start("alix", alone);
  const bo = await stage.start("bo", {
    ...alone,
    // The commit that goes before a first message, and the message.
    deliveryService: failing("sendGroupMessage", 2, stage.deliveryService),
  });
  const group = await alix.client.conversations.newGroup([bo.client.inboxId]);
  const atBo = await atOther(bo, group);
  await expect(atBo.requestRemoval()).rejects.toMatchObject({
    retryable: true,
  });
  expect(await atBo.isPendingRemoval()).toBe(false);
  await atBo.requestRemoval();
  expect(await atBo.isPendingRemoval()).toBe(true);
  expect(await atBo.messages()).toHaveLength(1);
  expect(await inboxesAt(alix, group)).toEqual(inboxesOf(alix));
});

test("two super admins hear of a request at once: one removes, the other one sees that nothing is left to do", async () => {
  await using stage = new MemoryStage();
  const failures: unknown[] = [];
  const log = (event: string, details?: object) => {
    if (event === "leavers.failed" || event === "client.background-failed") {
      failures.push([event, details]);
    }
  };
  const [alix, dana] = [
    await stage.start("alix", { ...alone, log }),
    await stage.start("dana", { ...alone, log }),
  ];
  const bo = await stage.start("bo", alone);
  const group = await alix.client.conversations.newGroup([
    dana.client.inboxId,
    bo.client.inboxId,
  ]);
  await group.addSuperAdmin(dana.client.inboxId);
  await hears(dana);
  for (let round = 1; round <= 3; round++) {
    const atBo = await atOther(bo, group);
    await atBo.requestRemoval();
    const before = await epochAt(bo, group);
    await Promise.all([hears(alix), hears(dana)]);
    for (const one of [alix, dana]) {
      expect(await inboxesAt(one, group)).toEqual(inboxesOf(alix, dana));
      expect(await epochAt(one, group)).toBe((before ?? 0n) + 1n);
    }
    await group.addMembers([bo.client.inboxId]);
  }
  expect(failures).toEqual([]);
});

test("a user who is added again while the removal is sent stays", async () => {
  await using stage = new MemoryStage();
  const { service, arm } = overtaken(stage.deliveryService);
  const alix = await stage.start("alix", {
    ...alone,
    deliveryService: service,
  });
  const dana = await stage.start("dana", alone);
  const bo = await stage.start("bo", alone);
  const group = await alix.client.conversations.newGroup([
    dana.client.inboxId,
    bo.client.inboxId,
  ]);
  await group.addSuperAdmin(dana.client.inboxId);
  const atDana = await atOther(dana, group);
  await (await atOther(bo, group)).requestRemoval();
  let overtook = false;
  arm(async () => {
    await hears(dana);
    await atDana.addMembers([bo.client.inboxId]);
    overtook = true;
  });
  await hears(alix);
  expect(overtook).toBe(true);
  const all = inboxesOf(alix, dana, bo);
  for (const one of [alix, dana, bo]) {
    expect(await inboxesAt(one, group)).toEqual(all);
  }
});

test("a later super admin removes members who asked before", async () => {
  await using stage = new MemoryStage();
  const alix = await stage.start("alix", alone);
  const events: string[] = [];
  const log = (event: string) => events.push(event);
  const caro = await stage.start("caro", { ...alone, log });
  const bo = await stage.start("bo", alone);
  const group = await alix.client.conversations.newGroup([
    caro.client.inboxId,
    bo.client.inboxId,
  ]);
  await hears(caro);
  await stage.stop(alix);
  await (await atOther(bo, group)).requestRemoval();
  expect(await inboxesAt(caro, group)).toEqual(inboxesOf(alix, bo, caro));
  expect(events).not.toContain("leavers.failed");

  await promote(caro, alix, group.id, stage);
  await stage.stop(caro);
  const back = await stage.start("caro", alone);
  await back.client.settled();
  expect(await inboxesAt(back, group)).toEqual(inboxesOf(alix, caro));
});

test("the removal is tried again when the node is away, and holds up no sync", async () => {
  await using stage = new MemoryStage();
  const clock = hurriedClock();
  const first = await stage.start("alix", { ...alone, clock });
  const bo = await stage.start("bo", alone);
  const group = await first.client.conversations.newGroup([bo.client.inboxId]);
  await stage.stop(first);
  await (await atOther(bo, group)).requestRemoval();
  const alix = await stage.start("alix", {
    ...alone,
    clock,
    deliveryService: failing("sendGroupMessage", 3, stage.deliveryService),
  });
  const { synced } = await alix.client.conversations.syncAll();
  expect(synced).toBe(1);
  await alix.client.settled();
  expect(await inboxesAt(alix, group)).toEqual(inboxesOf(alix));
});

test("a request removes only its sender, and other contents aren't requests", async () => {
  await using stage = new MemoryStage();
  const [alix, bo, dana, mallory] = [
    await stage.start("alix", alone),
    await stage.start("bo", alone),
    await stage.start("dana", alone),
    await stage.start("mallory", alone),
  ];
  const group = await alix.client.conversations.newGroup([
    bo.client.inboxId,
    dana.client.inboxId,
    mallory.client.inboxId,
  ]);
  await group.addSuperAdmin(dana.client.inboxId);
  const dm = await alix.client.conversations.newDm(mallory.client.inboxId);
  const atMallory = await atOther(mallory, group);
  await atMallory.send(encoded({ type: { ...type, versionMajor: 2 } }));
  await atMallory.send(encoded({ type, content: Uint8Array.of(0x0a, 99) }));
  await atMallory.send(encodeText("leave_request"));
  await (await atOther(mallory, dm)).send(encodeLeaveRequest());
  // A super admin who asks all the same stays.
  await (await atOther(dana, group)).send(encodeLeaveRequest());
  expect(await inboxesAt(alix, group)).toEqual(
    inboxesOf(alix, bo, dana, mallory),
  );
  expect(await inboxesAt(alix, dm)).toEqual(inboxesOf(alix, mallory));
  for (const one of [group, dm]) {
    const there = await atOther(mallory, one);
    expect(await there.isPendingRemoval()).toBe(false);
  }
  await atMallory.requestRemoval();
  expect(await inboxesAt(alix, group)).toEqual(inboxesOf(alix, bo, dana));
});

test("a request in the history alone removes no member, because an archive may have brought it", async () => {
  await using stage = new MemoryStage();
  const alix = await stage.start("alix", alone);
  const bo = await stage.start("bo", alone);
  const group = await alix.client.conversations.newGroup([bo.client.inboxId]);
  await atOther(bo, group);
  const request = create(GroupMessageSaveSchema, {
    id: new Uint8Array(32).fill(1),
    groupId: idBytes(group.id),
    decryptedMessageBytes: encodeLeaveRequest(),
    sentAtNs: nowNs(systemClock),
    kind: GroupMessageKindSave.APPLICATION,
    senderInstallationId: idBytes(bo.client.installationId),
    senderInboxId: bo.client.inboxId,
    deliveryStatus: DeliveryStatusSave.PUBLISHED,
    contentType: "leave_request",
    authorityId: "xmtp.org",
    versionMajor: 1,
  });
  for (const { store } of [alix, bo]) {
    await store.history.put({ messages: [request] });
  }
  for (const one of [bo, alix]) {
    expect(await inboxesAt(one, group)).toEqual(inboxesOf(alix, bo));
    const there = await atOther(one, group);
    expect(await there.messages()).toHaveLength(1);
    expect(await there.isPendingRemoval()).toBe(false);
  }
});

test("many requests with others' names in them remove their sender, in one commit", async () => {
  await using stage = new MemoryStage();
  const [alix, bo, mallory] = [
    await stage.start("alix", alone),
    await stage.start("bo", alone),
    await stage.start("mallory", alone),
  ];
  const group = await alix.client.conversations.newGroup([
    bo.client.inboxId,
    mallory.client.inboxId,
  ]);
  const atMallory = await atOther(mallory, group);
  const note = new TextEncoder().encode(bo.client.inboxId);
  const content = Uint8Array.of(0x0a, note.length, ...note);
  for (let i = 0; i < 5; i++) await atMallory.send(encoded({ type, content }));
  const before = await epochAt(mallory, group);
  expect(await inboxesAt(alix, group)).toEqual(inboxesOf(alix, bo));
  expect(await epochAt(alix, group)).toBe((before ?? 0n) + 1n);
  expect(await alix.store.groups.received(group.id)).toEqual([]);
});

// More writes than to hear of a request and to carry it out come to: the last runs don't die.
const maxWrites = 40;

test("a super admin that crashes at any write removes the leaving member once, after its next start", async () => {
  await using stage = new MemoryStage();
  const first = await stage.start("alix", alone);
  const bo = await stage.start("bo", alone);
  const group = await first.client.conversations.newGroup([bo.client.inboxId]);
  const { store } = first;
  await stage.stop(first);
  let died = true;
  for (let write = 1; died; write++) {
    if (write > maxWrites) throw new TypeError("expected a run that lives");
    await (await atOther(bo, group)).requestRemoval();
    const before = await epochAt(bo, group);
    const faulty = dyingAt(write, store);
    await starts(stage, faulty.store);
    died = faulty.died();

    const back = await stage.start("alix", { ...alone, store });
    await back.client.settled();
    expect(await inboxesAt(back, group), `write ${write}`).toEqual(
      inboxesOf(back),
    );
    expect(await epochAt(back, group), `write ${write}`).toBe(
      (before ?? 0n) + 1n,
    );
    expect(await store.groups.received(group.id)).toEqual([]);
    const there = await atOther(back, group);
    await there.addMembers([bo.client.inboxId]);
    expect(await inboxesAt(back, group)).toEqual(inboxesOf(back, bo));
    await stage.stop(back);
  }
});

/** Starts, syncs, and does what that calls for, as far as it gets. */
async function starts(
  stage: MemoryStage,
  store: Installation["store"],
): Promise<void> {
  const started = await stage
    .start("alix", { ...alone, store })
    .catch(() => undefined);
  if (!started) return;
  await hears(started).catch(() => undefined);
  await stage.stop(started);
}

/** Makes a member a super admin, by a client without requests. */
async function promote(
  who: Installation,
  by: Installation,
  id: GroupId,
  { deliveryService }: MemoryStage,
): Promise<void> {
  const low = await openInboxInstallation(
    {
      deliveryService,
      store: by.store.groups,
      clock: systemClock,
      randomBytes: systemRandomBytes,
      log: silent,
    },
    {
      inboxId: by.client.inboxId,
      authentication: { validate: async () => true },
    },
  );
  const inbox = inboxId(who.client.inboxId);
  await low.group(id)?.changeMembers({
    extensions: ({ current }) => withSuperAdmin(current, inbox),
  });
}

function encoded(
  init: Parameters<typeof create<typeof EncodedContentSchema>>[1],
): Uint8Array {
  return toBinary(EncodedContentSchema, create(EncodedContentSchema, init));
}
