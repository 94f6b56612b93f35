import { archiveFormat } from "@history-sync/encryption-codec";
import { ManualClock } from "@history-sync/primitives/testing";
import { expect, test } from "vitest";
import { start, together, withHistory } from "./pair.js";
import { settle, World } from "./world.js";

const day = 24 * 60 * 60 * 1_000;

async function pair(world: World) {
  const alice = await withHistory(world);
  const phone = await start(world);
  await together(alice, phone);
  return { alice, phone };
}

test("an archive that nobody asked for waits under its pin until it is taken", async () => {
  await using world = new World();
  const { alice, phone } = await pair(world);
  await alice.worker.sendSyncArchive("first");
  await alice.worker.sendSyncArchive("second", { elements: ["consent"] });
  await settle(phone);
  expect(phone.disk.history.messages).toBe(0);
  expect(world.server.uploaded.map(archiveFormat)).toEqual([
    "xmtp-v0",
    "xmtp-v0",
  ]);
  const listed = await phone.worker.listAvailableArchives(1);
  expect(listed).toMatchObject([
    { pin: "second", metadata: { elements: [2] } },
    { pin: "first", sender: alice.syncGroups.installationId },
  ]);
  expect(listed[0]).not.toHaveProperty("archive");
  // Its own are listed too.
  expect(await alice.worker.listAvailableArchives(1)).toHaveLength(2);

  await phone.worker.processSyncArchive("first");
  expect(phone.disk.history.messages).toBe(3);
  expect(
    (await phone.worker.listAvailableArchives(1)).map(({ pin }) => pin),
  ).toEqual(["second"]);
  await phone.worker.processSyncArchive();
  await expect(phone.worker.processSyncArchive()).rejects.toMatchObject({
    code: "no-archive",
  });
});

test("an archive that can't be taken says why, and can be taken later", async () => {
  await using world = new World();
  const { alice, phone } = await pair(world);
  await alice.worker.sendSyncArchive("pin");
  await settle(phone);
  const [[url = "", blob = new Uint8Array()] = []] = world.server.blobs;
  world.server.blobs.delete(url);
  await expect(phone.worker.processSyncArchive("pin")).rejects.toMatchObject({
    code: "request-failed",
  });
  world.server.blobs.set(url, blob);
  await phone.worker.processSyncArchive("pin");
  expect(phone.disk.history.messages).toBe(3);
});

test("the list goes back as many days as are asked for", async () => {
  const clock = new ManualClock(Date.now());
  await using world = new World(clock);
  const { alice, phone } = await pair(world);
  await alice.worker.sendSyncArchive("pin");
  await settle(phone);
  clock.advance(2 * day);
  await settle(phone);
  expect(await phone.worker.listAvailableArchives(1)).toEqual([]);
  expect(await phone.worker.listAvailableArchives(3)).toHaveLength(1);
});
