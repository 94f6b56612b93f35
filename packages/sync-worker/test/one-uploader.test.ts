import { create } from "@bufbuild/protobuf";
import { ManualClock } from "@history-sync/primitives/testing";
import { DeviceSyncReplySchema } from "@history-sync/proto/device-sync";
import { expect, test } from "vitest";
import { ServerFault } from "./fake-history-server.js";
import { start, together, withHistory } from "./pair.js";
import {
  archiveOf,
  inStage,
  next,
  seenBy,
  settle,
  stop,
  World,
} from "./world.js";

const minute = 60_000;

test("one of several installations uploads, and the others see that it did", async () => {
  await using world = new World();
  const alice = await withHistory(world);
  const tablet = await withHistory(world);
  const phone = await start(world);
  await together(alice, tablet, phone);
  const { pin } = await phone.worker.request();
  await settle(alice, tablet, phone);
  expect(world.server.uploads).toBe(1);
  expect(phone.disk.history.messages).toBe(3);
  const seen = await Promise.all(
    [alice, tablet, phone].map((one) => seenBy(one, pin)),
  );
  expect(seen.map((one) => one?.stage.name)).toEqual([
    "receipted",
    "receipted",
    "receipted",
  ]);
  const [responder] = new Set(seen.map((one) => one?.responder?.installation));
  expect([alice, tablet].map((one) => one.syncGroups.installationId)).toContain(
    responder,
  );
});

test("when it dies in the middle of the upload, another one takes over", async () => {
  const clock = new ManualClock(Date.now());
  await using world = new World(clock);
  const alice = await withHistory(world);
  const tablet = await withHistory(world);
  const phone = await start(world);
  await together(alice, tablet, phone);
  await tablet.worker.settled();
  let open = () => {};
  world.server.uploadGate = new Promise((resolve) => {
    open = resolve;
  });
  const begun = next(alice.worker, inStage("preparing"));
  await stop(tablet);
  const { pin } = await phone.worker.request();
  await begun;
  const other = await world.start(tablet.disk);
  await other.worker.sync();
  expect((await seenBy(other, pin))?.stage.name).toBe("standing-by");
  const stopped = stop(alice);
  open();
  await stopped;
  world.server.uploadGate = Promise.resolve();

  for (let waited = 0; waited < 6; waited++) {
    clock.advance(minute);
    await settle(other, phone);
  }
  expect((await seenBy(phone, pin))?.stage.name).toBe("receipted");
  expect((await seenBy(other, pin))?.responder?.installation).toBe(
    other.syncGroups.installationId,
  );
  expect(phone.disk.history.messages).toBe(3);

  // Back again, the first one finds it done and leaves nothing on the server.
  const back = await world.start(alice.disk);
  await settle(back);
  expect((await seenBy(back, pin))?.stage.name).toBe("receipted");
  expect(world.server.blobs.size).toBe(0);
});

test("whose clock runs hours ahead of the node's stands back all the same", async () => {
  const clock = new ManualClock(Date.now());
  await using world = new World(clock);
  const hours = 5 * 60 * minute;
  const ahead = {
    nowMs: () => clock.nowMs() + hours,
    sleep: (ms: number, signal?: AbortSignal) => clock.sleep(ms, signal),
  };
  const alice = await withHistory(world);
  const tablet = await withHistory(world, 3, {}, ahead);
  const phone = await start(world);
  await together(alice, tablet, phone);
  let open = () => {};
  world.server.uploadGate = new Promise((resolve) => {
    open = resolve;
  });
  await stop(tablet);
  const preparing = next(alice.worker, inStage("preparing"));
  const { pin } = await phone.worker.request();
  await preparing;
  const back = await world.start(tablet.disk, {}, ahead);
  await settle(back);
  await settle(back);
  expect((await seenBy(back, pin))?.stage.name).toBe("standing-by");
  expect((await seenBy(back, pin))?.acknowledgements).toHaveLength(1);
  open();
  await settle(alice, phone);
  expect(world.server.uploads).toBe(1);
});

test("when it can't, it says so, and another one takes over at once", async () => {
  await using world = new World();
  const alice = await withHistory(world);
  const tablet = await withHistory(world);
  const phone = await start(world);
  await together(alice, tablet, phone);
  world.server.uploadFaults.push(new ServerFault(false));
  const { pin } = await phone.worker.request();
  await settle(alice, tablet, phone);
  await settle(alice, tablet, phone);
  expect((await seenBy(phone, pin))?.stage.name).toBe("receipted");
  expect(phone.disk.history.messages).toBe(3);
  expect(world.server.uploads).toBe(2);
});

test("a peer that never acknowledges and just replies stands the others down", async () => {
  const clock = new ManualClock(Date.now());
  await using world = new World(clock);
  const alice = await withHistory(world, 3, { policy: "ask" });
  const peer = await withHistory(world, 3, { historySyncUrl: "" });
  const phone = await start(world);
  await together(alice, peer, phone);
  const { pin } = await phone.worker.request();
  await settle(alice, phone);
  const url = "http://127.0.0.1:5558/files/peer";
  const value = create(DeviceSyncReplySchema, {
    requestId: pin,
    url,
    key: { key: { case: "aes256Gcm", value: new Uint8Array(32) } },
  });
  await peer.syncGroups.send({ case: "reply", value });
  await alice.worker.sync();
  expect((await seenBy(alice, pin))?.stage).toEqual({
    name: "answered",
    by: peer.syncGroups.installationId,
  });
});

test("the second of two replies is imported when the first one fails", async () => {
  await using world = new World();
  const alice = await withHistory(world);
  const phone = await start(world);
  await together(alice, phone);
  const heard = next(phone.worker, inStage("importing"));
  await phone.worker.request();
  const archive = archiveOf(await heard);
  const key = archive.key.slice();
  await settle(alice, phone);
  await alice.worker.close();

  const { pin } = await phone.worker.request();
  const [blob = new Uint8Array()] = world.server.uploaded;
  const url = "http://127.0.0.1:5558/files/good";
  world.server.blobs.set(url, blob);
  let open = () => {};
  world.server.gate = new Promise((resolve) => {
    open = resolve;
  });
  for (const reply of [
    { url: "http://127.0.0.1:5558/files/bad", key: new Uint8Array(32) },
    { url, key },
  ]) {
    const value = create(DeviceSyncReplySchema, {
      requestId: pin,
      url: reply.url,
      key: { key: { case: "aes256Gcm", value: reply.key } },
    });
    await alice.syncGroups.send({ case: "reply", value });
  }
  await phone.worker.sync();
  expect((await seenBy(phone, pin))?.stage.name).toBe("importing");
  open();
  await settle(phone);
  expect((await seenBy(phone, pin))?.stage.name).toBe("receipted");
  expect(await phone.disk.requests.archives.list()).toEqual([]);
});
