import { ManualClock } from "@history-sync/primitives/testing";
import { expect, test } from "vitest";
import { start, together, withHistory } from "./pair.js";
import { inStage, next, seenBy, settle, stop, World } from "./world.js";

const day = 24 * 60 * 60 * 1_000;

test("an archive that expired before it was fetched is asked for again", async () => {
  const clock = new ManualClock(Date.now());
  await using world = new World(clock);
  const alice = await withHistory(world);
  const phone = await start(world);
  await together(alice, phone);
  const replied = next(alice.worker, inStage("replied"));
  const { pin } = await phone.worker.request();
  await stop(phone);
  await alice.worker.sync();
  await replied;
  for (const url of [...world.server.blobs.keys()]) world.server.forget(url);
  clock.advance(4 * day);
  await settle(alice);
  expect((await seenBy(alice, pin))?.stage.name).toBe("expired");

  const back = await world.start(phone.disk);
  await settle(back, alice, back);
  const requests = await back.worker.requests();
  expect(requests.map(({ stage }) => stage.name)).toEqual([
    "expired",
    "receipted",
  ]);
  expect(requests[1]).toMatchObject({ replaces: requests[0]?.id, attempt: 2 });
  expect(back.disk.history.messages).toBe(3);
});

test("an expired archive is requested again a few times, not for ever", async () => {
  await using world = new World();
  const alice = await withHistory(world);
  const phone = await start(world);
  await together(alice, phone);
  const { download } = world.server;
  world.server.download = (url, options) => {
    world.server.forget(url);
    return download.call(world.server, url, options);
  };
  await phone.worker.request();
  for (let round = 0; round < 4; round++) await settle(alice, phone);
  const requests = await phone.worker.requests();
  expect(requests.map(({ stage }) => stage)).toEqual([
    { name: "expired" },
    { name: "expired" },
    { name: "failed", reason: "not-found" },
  ]);
  expect(world.server.uploads).toBe(3);
});

test("a request without a responder stays open until one comes, days later", async () => {
  const clock = new ManualClock(Date.now());
  await using world = new World(clock);
  const alice = await withHistory(world);
  const phone = await start(world);
  await together(alice, phone);
  await stop(alice);
  const { pin } = await phone.worker.request();
  for (let days = 0; days < 5; days++) {
    clock.advance(day);
    await settle(phone);
  }
  expect((await seenBy(phone, pin))?.stage.name).toBe("requested");
  await stop(phone);

  const back = await world.start(alice.disk);
  await settle(back);
  await stop(back);
  const again = await world.start(phone.disk);
  await settle(again);
  expect((await seenBy(again, pin))?.stage.name).toBe("receipted");
  expect(again.disk.history.messages).toBe(3);
});

test("a request that nobody answered in time is over on both sides", async () => {
  const clock = new ManualClock(Date.now());
  await using world = new World(clock);
  const alice = await withHistory(world);
  const phone = await start(world);
  await together(alice, phone);
  await stop(alice);
  const { pin } = await phone.worker.request();
  for (let days = 0; days < 15; days++) {
    clock.advance(day);
    await settle(phone);
  }
  expect((await seenBy(phone, pin))?.stage.name).toBe("expired");
  const back = await world.start(alice.disk);
  await settle(back);
  expect((await seenBy(back, pin))?.stage.name).toBe("expired");
  expect(world.server.uploads).toBe(0);
});
