import { create } from "@bufbuild/protobuf";
import { archiveFormat } from "@history-sync/encryption-codec";
import {
  ArchiveOptionsSchema,
  DeviceSyncRequestSchema,
} from "@history-sync/proto/device-sync";
import { expect, test } from "vitest";
import { remember } from "./history.js";
import { Disk, inStage, next, World } from "./world.js";

async function syncedPair(world: World) {
  const disk = new Disk();
  await remember(disk.history, 3);
  const alice = await world.start(disk);
  await alice.worker.settled();
  const phone = await world.start();
  const imported = next(phone.worker, inStage("imported"));
  await alice.worker.refreshInstallations();
  await imported;
  return { alice, phone };
}

test("between installations of ours an archive goes in pages, and its outside is announced", async () => {
  await using world = new World();
  const { alice, phone } = await syncedPair(world);
  expect(world.server.uploaded.map(archiveFormat)).toEqual(["paged-v1"]);
  const announced = next(phone.worker, inStage("importing"));
  await phone.worker.request();
  await alice.worker.sync();
  await alice.worker.settled();
  await phone.worker.sync();
  const update = await announced;
  const stage = update.type === "stage" && update.request.stage;
  const archive = stage && "archive" in stage ? stage.archive : undefined;
  const pages = archive?.sealed?.pages ?? [];
  const [, blob] = world.server.uploaded;
  const headerBytes = 74;
  expect(pages.reduce((sum, page) => sum + page.length, headerBytes)).toBe(
    blob?.length,
  );
});

test("a requester that doesn't say that it reads pages gets XMTP's format", async () => {
  await using world = new World();
  const { alice, phone } = await syncedPair(world);
  const value = create(DeviceSyncRequestSchema, {
    pin: "zBjzV",
    serverUrl: "http://127.0.0.1:5558",
    options: create(ArchiveOptionsSchema, { elements: [1, 2] }),
  });
  await phone.syncGroups.send({ case: "request", value });
  await alice.worker.sync();
  await alice.worker.settled();
  expect(world.server.uploaded.map(archiveFormat)).toEqual([
    "paged-v1",
    "xmtp-v0",
  ]);
});

test("T3: another archive in the announced one's place is refused", async () => {
  await using world = new World();
  const { alice, phone } = await syncedPair(world);
  const [first = new Uint8Array()] = world.server.uploaded;
  let open = () => {};
  world.server.gate = new Promise((resolve) => {
    open = resolve;
  });
  const request = await phone.worker.request();
  await alice.worker.sync();
  await alice.worker.settled();
  for (const url of world.server.blobs.keys()) {
    world.server.blobs.set(url, first);
  }
  open();
  await phone.worker.sync();
  await phone.worker.settled();
  const ended = (await phone.worker.requests()).find(
    ({ id }) => id === request.id,
  );
  expect(ended?.stage).toEqual({ name: "failed", reason: "wrong-key" });
});
