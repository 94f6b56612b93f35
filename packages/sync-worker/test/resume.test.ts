import { expect, test } from "vitest";
import type { SyncUpdate } from "../src/index.js";
import { start, together, withHistory } from "./pair.js";
import {
  archiveOf,
  inStage,
  next,
  seenBy,
  settle,
  stop,
  uploadBegun,
  World,
} from "./world.js";

// Some pages of an archive, and more than one of an import.
const messages = 8_000;

function someMerged(update: SyncUpdate): boolean {
  return update.type === "progress" && update.elements > 1_000;
}

async function largePair(world: World) {
  const alice = await withHistory(world, messages);
  const phone = await start(world);
  await together(alice, phone);
  return { alice, phone };
}

test("a download that broke goes on behind the last page that was merged, in the next process", async () => {
  await using world = new World();
  const { alice, phone } = await largePair(world);
  const importing = next(phone.worker, inStage("importing"));
  const { pin } = await phone.worker.request();
  const length = 750_000;
  world.server.downloadCuts.push(length);
  await importing;
  await next(phone.worker, someMerged);
  // The first pages are usable already.
  const some = phone.disk.history.messages;
  expect(some).toBeGreaterThan(0);
  expect(some).toBeLessThan(messages);
  await stop(phone);

  const back = await world.start(phone.disk);
  await settle(back, alice);
  expect((await seenBy(back, pin))?.stage).toMatchObject({
    name: "receipted",
    receipt: { complete: true, expected: messages, present: messages },
  });
  expect(back.disk.history.messages).toBe(messages);
  const [first, second = 0] = world.server.offsets;
  expect(first).toBe(0);
  expect(second).toBeGreaterThan(0);
  expect(second).toBeLessThanOrEqual(length);
});

test("an older archive is read again from its start, and nothing is doubled", async () => {
  await using world = new World();
  const { alice, phone } = await largePair(world);
  await alice.worker.sendSyncArchive("by hand");
  await settle(phone);
  world.server.downloadCuts.push(1_400_000);
  const merged = next(phone.worker, someMerged);
  const taking = phone.worker.processSyncArchive("by hand");
  const closed = expect(taking).rejects.toMatchObject({ code: "closed" });
  await merged;
  await stop(phone);
  await closed;

  const back = await world.start(phone.disk);
  await settle(back);
  expect((await seenBy(back, "by hand"))?.stage.name).toBe("receipted");
  expect(back.disk.history.messages).toBe(messages);
  expect(world.server.offsets).toEqual([0, 0]);
});

test("a process that dies while it uploads leaves nothing behind and uses a new key", async () => {
  await using world = new World();
  const alice = await withHistory(world);
  const phone = await start(world);
  await together(alice, phone);
  let open = () => {};
  world.server.uploadGate = new Promise((resolve) => {
    open = resolve;
  });
  const begun = next(alice.worker, uploadBegun);
  const importing = next(phone.worker, inStage("importing"));
  const { pin } = await phone.worker.request();
  await begun;
  const stopping = stop(alice);
  open();
  await stopping;
  world.server.uploadGate = Promise.resolve();

  const back = await world.start(alice.disk);
  await settle(back);
  archiveOf(await importing);
  await settle(phone, back);
  expect((await seenBy(phone, pin))?.stage.name).toBe("receipted");
  expect(world.server.uploads).toBe(2);
  expect([...world.server.gone]).toHaveLength(2);
  expect(world.server.blobs.size).toBe(0);
});
