import { ConsentStateSave } from "@history-sync/proto/device-sync";
import { expect, test } from "vitest";
import { consent } from "./history.js";
import { start, together, withHistory } from "./pair.js";
import {
  type Installation,
  inStage,
  next,
  settle,
  stop,
  World,
} from "./world.js";

test("T9: a revoked installation gets neither archive nor HMAC key nor preferences", async () => {
  await using world = new World();
  const alice = await withHistory(world);
  const thief = await start(world);
  await together(alice, thief);
  await stop(alice);
  const { pin } = await thief.worker.request();
  const known = await thief.disk.history.hmacKey();
  world.installations.revoke(world.inbox, thief.syncGroups.installationId);

  const back = await world.start(alice.disk);
  await settle(back);
  await back.worker.refreshInstallations();
  await back.worker.shareConsent([consent(ConsentStateSave.DENIED, 99n)]);
  await settle(back);
  await thief.worker.sync();

  const answered = (await back.worker.requests()).find(
    (request) => request.pin === pin,
  );
  expect(answered?.stage).toEqual({
    name: "failed",
    reason: "requester-not-in-inbox",
  });
  expect(world.server.uploads).toBe(0);
  expect(thief.disk.history.messages).toBe(0);
  expect(await thief.disk.history.hmacKey()).toEqual(known);
  const now = await back.disk.history.hmacKey();
  expect(now?.key).not.toEqual(known?.key);
  expect(thief.disk.history.consentState("b2".repeat(32))).toBeUndefined();
});

test("T9: revoked while its archive is uploaded, it never learns the key", async () => {
  await using world = new World();
  const alice = await withHistory(world);
  const thief = await start(world);
  await together(alice, thief);
  let open = () => {};
  world.server.uploadGate = new Promise((resolve) => {
    open = resolve;
  });
  const preparing = next(alice.worker, inStage("preparing"));
  const { id } = await thief.worker.request();
  await preparing;
  world.installations.revoke(world.inbox, thief.syncGroups.installationId);
  open();
  await settle(alice);
  await thief.worker.sync();
  const asked = (await thief.worker.requests()).find((one) => one.id === id);
  expect(asked?.stage.name).toBe("requested");
  expect(world.server.blobs.size).toBe(0);
  expect(await alice.worker.requests()).toMatchObject([
    { stage: { name: "failed", reason: "requester-not-in-inbox" } },
  ]);
});

/** The new keys that the installation makes from now on; its disk is slower than a look at the inbox. */
function keysOf({ disk }: Installation): readonly unknown[] {
  const { outbox } = disk.requests;
  const keys: unknown[] = [];
  const put = outbox.put.bind(outbox);
  outbox.put = async (unsent, audience) => {
    keys.push(unsent);
    await new Promise((resolve) => setTimeout(resolve));
    await put(unsent, audience);
  };
  return keys;
}

test("the HMAC key is made anew when an installation joins, after it has joined", async () => {
  await using world = new World();
  const alice = await withHistory(world);
  await alice.worker.settled();
  const before = await alice.disk.history.hmacKey();
  const phone = await start(world);
  await together(alice, phone);
  const after = await alice.disk.history.hmacKey();
  expect(after?.key).not.toEqual(before?.key);
  expect(await phone.disk.history.hmacKey()).toEqual(after);

  // The membership hasn't changed since: the key stays.
  await alice.worker.refreshInstallations();
  await phone.worker.refreshInstallations();
  await settle(alice, phone);
  expect(await alice.disk.history.hmacKey()).toEqual(after);
});

test("two looks at the same time make one new key", async () => {
  await using world = new World();
  const alice = await withHistory(world);
  const phone = await start(world);
  await alice.worker.settled();
  const keys = keysOf(alice);
  await Promise.all([
    alice.worker.refreshInstallations(),
    alice.worker.refreshInstallations(),
    alice.worker.refreshInstallations(),
  ]);
  expect(alice.syncGroups.members).toHaveLength(2);
  expect(keys).toHaveLength(1);
  await settle(alice, phone);
  expect(await phone.disk.history.hmacKey()).toEqual(
    await alice.disk.history.hmacKey(),
  );
});

test("a caller during a check that fails is served by the next check", async () => {
  await using world = new World();
  const alice = await withHistory(world);
  await start(world);
  await alice.worker.settled();
  const lookUp = world.installations.installations;
  let second: Promise<void> = Promise.resolve();
  world.installations.installations = () => {
    world.installations.installations = lookUp;
    second = alice.worker.refreshInstallations();
    throw new TypeError("no connection");
  };
  await expect(alice.worker.refreshInstallations()).rejects.toThrow(
    "no connection",
  );
  await second;
  expect(alice.syncGroups.members).toHaveLength(2);
});

for (const [when, call] of [
  ["before", "the new key is kept"],
  ["after", "the new key is kept, and before it is applied"],
] as const) {
  test(`killed ${when} ${call}, and where nobody knew whom the old one was for, there is one new key`, async () => {
    await using world = new World();
    const alice = await withHistory(world);
    await alice.worker.settled();
    await stop(alice);
    const { outbox } = alice.disk.requests;
    await outbox.setKeyAudience(undefined);
    const killed = await world.start(alice.disk);
    await killed.worker.settled();
    const phone = await start(world);
    const put = outbox.put.bind(outbox);
    outbox.put = async (unsent, audience) => {
      if (when === "after") await put(unsent, audience);
      throw new TypeError("killed");
    };
    await expect(killed.worker.refreshInstallations()).rejects.toThrow(
      "killed",
    );
    await stop(killed);
    outbox.put = put;
    const keys = keysOf(alice);
    const back = await world.start(alice.disk);
    await back.worker.refreshInstallations();
    await settle(back, phone);
    expect(keys).toHaveLength(when === "before" ? 1 : 0);
    const key = await phone.disk.history.hmacKey();
    expect(key?.key).toHaveLength(42);
    expect(await back.disk.history.hmacKey()).toEqual(key);
  });
}

test("killed between the membership commit and the new key, it is made at the next start", async () => {
  await using world = new World();
  const alice = await withHistory(world);
  const phone = await start(world);
  const gone = await start(world);
  await together(alice, phone, gone);
  const before = await alice.disk.history.hmacKey();
  world.installations.revoke(world.inbox, gone.syncGroups.installationId);
  await alice.syncGroups.refreshMembers();
  await stop(alice);
  const back = await world.start(alice.disk);
  await back.worker.refreshInstallations();
  await settle(back, phone);
  const after = await phone.disk.history.hmacKey();
  expect(after?.key).not.toEqual(before?.key);
  expect(await back.disk.history.hmacKey()).toEqual(after);
});
