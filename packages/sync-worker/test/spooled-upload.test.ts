import { type Clock, systemClock } from "@history-sync/primitives";
import { ManualClock } from "@history-sync/primitives/testing";
import { expect, test } from "vitest";
import type { SyncUpdate, SyncWorkerOptions } from "../src/index.js";
import { start, together, withHistory } from "./pair.js";
import {
  archiveOf,
  type Disk,
  type Installation,
  inStage,
  next,
  seenBy,
  settle,
  stop,
  World,
} from "./world.js";

const cut = 1_000;

const hurried: Clock = {
  nowMs: () => systemClock.nowMs(),
  sleep: (ms, signal) => systemClock.sleep(ms / 100, signal),
};

function spooled(update: SyncUpdate): boolean {
  return (
    update.type === "stage" &&
    update.request.stage.name === "preparing" &&
    update.request.stage.spooled !== undefined
  );
}

interface Cut {
  readonly world: World;
  readonly alice: Installation;
  readonly phone: Installation;
  readonly pin: string;
}

/** The phone has asked, and an upload of the archive breaks when all of it is sealed; no retry has begun. */
async function uploadCut(
  world: World,
  options: Partial<SyncWorkerOptions> = {},
): Promise<Cut> {
  const alice = await withHistory(world, 3, options);
  const phone = await start(world);
  await together(alice, phone);
  const { spool } = alice.disk;
  const whole = options.maxSpoolBytes === 0;
  const broken = next(alice.worker, whole ? inStage("preparing") : spooled);
  world.server.uploadCuts.push(cut);
  world.server.beforeCut = broken;
  const { pin } = await phone.worker.request();
  await broken;
  expect(await spool.list()).toHaveLength(whole ? 0 : 1);
  return { world, alice, phone, pin };
}

async function keyIn({ requests }: Disk): Promise<Uint8Array | undefined> {
  const [request] = await requests.list();
  if (request?.stage.name !== "preparing") return undefined;
  return request.stage.spooled?.archive.key;
}

/** The key that the phone is given, once the responder is back. */
async function finished(
  { world, phone, pin }: Cut,
  back: Installation,
): Promise<string> {
  const importing = next(phone.worker, inStage("importing"));
  await settle(back);
  const key = archiveOf(await importing).key.join();
  await settle(phone, back);
  expect((await seenBy(phone, pin))?.stage.name).toBe("receipted");
  expect(phone.disk.history.messages).toBe(3);
  expect(world.server.blobs.size).toBe(0);
  expect(world.server.begun.size).toBe(0);
  expect(await back.disk.spool.list()).toEqual([]);
  return key;
}

test("a process that dies while it uploads goes on with the same archive, where the server is", async () => {
  await using world = new World(new ManualClock(Date.now()));
  const story = await uploadCut(world);
  await stop(story.alice);
  const key = (await keyIn(story.alice.disk))?.join();
  const back = await world.start(story.alice.disk);
  expect(await finished(story, back)).toBe(key);
  const [archive] = world.server.uploaded;
  expect(world.server.uploads).toBe(1);
  expect(world.server.received).toEqual([cut, (archive?.length ?? 0) - cut]);
});

test("the next try of the same process does so, too", async () => {
  await using world = new World(hurried);
  const story = await uploadCut(world);
  await finished(story, story.alice);
  expect(world.server.uploads).toBe(1);
});

test("where the server has forgotten the upload, the same archive is sent from its start", async () => {
  await using world = new World(new ManualClock(Date.now()));
  const story = await uploadCut(world);
  await stop(story.alice);
  world.server.begun.clear();
  const key = (await keyIn(story.alice.disk))?.join();
  const back = await world.start(story.alice.disk);
  expect(await finished(story, back)).toBe(key);
  expect(world.server.uploads).toBe(2);
  expect(world.server.received[1]).toBe(world.server.uploaded[0]?.length);
});

test("an archive that isn't whole in the spool is created again, under a new key", async () => {
  await using world = new World(new ManualClock(Date.now()));
  const story = await uploadCut(world);
  await stop(story.alice);
  const { spool } = story.alice.disk;
  const [id = ""] = await spool.list();
  await spool.append(id, Uint8Array.of(0));
  // Of a process that was killed before.
  await spool.append("f".repeat(32), Uint8Array.of(0));
  const key = (await keyIn(story.alice.disk))?.join();
  const back = await world.start(story.alice.disk);
  expect(await finished(story, back)).not.toBe(key);
  expect(world.server.uploads).toBe(2);
});

test("an archive that was damaged in the spool is created again, under a new key", async () => {
  await using world = new World(hurried);
  const story = await uploadCut(world);
  await stop(story.alice);
  const { spool } = story.alice.disk;
  const [id = ""] = await spool.list();
  const damaged = new Uint8Array(await spool.size(id));
  await spool.remove(id);
  await spool.append(id, damaged);
  const key = (await keyIn(story.alice.disk))?.join();
  const back = await world.start(story.alice.disk);
  expect(await finished(story, back)).not.toBe(key);
});

test("an archive that is larger than the spool is uploaded without it", async () => {
  await using world = new World(hurried);
  const story = await uploadCut(world, { maxSpoolBytes: 0 });
  await finished(story, story.alice);
  expect(world.server.uploads).toBe(2);
});

test("a spool without room lets the rest through", async () => {
  await using world = new World();
  const alice = await withHistory(world);
  const { spool } = alice.disk;
  const append = spool.append.bind(spool);
  spool.append = async (id, bytes) => {
    // A part of it was written all the same.
    await append(id, bytes.subarray(0, 10));
    throw new TypeError("no space left on device");
  };
  const phone = await start(world);
  await together(alice, phone);
  const { pin } = await phone.worker.request();
  await finished({ world, alice, phone, pin }, alice);
});

test("a spool that can't be read or tidied keeps nothing from going on", async () => {
  await using world = new World();
  const alice = await withHistory(world);
  await stop(alice);
  const { spool } = alice.disk;
  const fails = () => Promise.reject(new TypeError("permission denied"));
  const { list, remove } = spool;
  Object.assign(spool, { list: fails, remove: fails });
  const back = await world.start(alice.disk);
  const phone = await start(world);
  await together(back, phone);
  const { pin } = await phone.worker.request();
  await settle(back, phone);
  expect((await seenBy(phone, pin))?.stage.name).toBe("receipted");

  await stop(back);
  Object.assign(spool, { list, remove });
  expect(await spool.list()).toHaveLength(1);
  await (await world.start(alice.disk)).worker.settled();
  expect(await spool.list()).toEqual([]);
});

test("a no takes the archive out of the spool, and its key", async () => {
  await using world = new World(new ManualClock(Date.now()));
  const { alice } = await uploadCut(world);
  const [{ id } = { id: "" }] = await alice.worker.requests();
  await alice.worker.decline(id);
  await settle(alice);
  expect(await alice.disk.spool.list()).toEqual([]);
  expect(await keyIn(alice.disk)).toBeUndefined();
  expect(world.server.begun.size).toBe(0);
});
