import { create } from "@bufbuild/protobuf";
import { DeviceSyncReplySchema } from "@history-sync/proto/device-sync";
import { expect, test } from "vitest";
import { remember } from "./history.js";
import { Disk, type Installation, inStage, next, World } from "./world.js";

async function syncedPair(world: World) {
  const disk = new Disk();
  await remember(disk.history, 3);
  const alice = await world.start(disk);
  await alice.worker.settled();
  const phone = await world.start();
  const imported = next(phone.worker, inStage("imported"));
  await alice.worker.refreshInstallations();
  await imported;
  const [request] = await phone.worker.requests();
  const [url] = world.server.blobs.keys();
  return { alice, phone, pin: request?.pin ?? "", url: url ?? "" };
}

async function replyTo(
  { alice, phone }: { alice: Installation; phone: Installation },
  requestId: string,
  url: string,
  key: Uint8Array = new Uint8Array(32),
) {
  const value = create(DeviceSyncReplySchema, {
    requestId,
    url,
    key: { key: { case: "aes256Gcm", value: key } },
  });
  await alice.syncGroups.send({ case: "reply", value });
  await phone.worker.sync();
  await phone.worker.settled();
}

test("a reply to a request that is done is ignored", async () => {
  await using world = new World();
  const { pin, url, ...pair } = await syncedPair(world);
  await replyTo(pair, pin, url);
  expect(world.server.downloads).toBe(1);
});

test("a reply to a request that was never made is ignored", async () => {
  await using world = new World();
  const { url, ...pair } = await syncedPair(world);
  await replyTo(pair, "other", url);
  expect(world.server.downloads).toBe(1);
});

test("a reply that leads nowhere doesn't spoil the request for a good one", async () => {
  await using world = new World();
  const { alice, phone, url } = await syncedPair(world);
  world.server.uploadFaults.push(new Error("alice's upload goes wrong"));
  const request = await phone.worker.request();
  await alice.worker.sync();
  await alice.worker.settled();

  await replyTo({ alice, phone }, request.pin, url, new Uint8Array(31));
  await replyTo({ alice, phone }, request.pin, "gone");
  const stages = await phone.worker.requests();
  expect(stages.map(({ stage }) => stage)).toMatchObject([
    { name: "receipted" },
    { name: "failed", reason: "fault" },
  ]);

  const again = await phone.worker.request();
  await alice.worker.sync();
  await alice.worker.settled();
  await phone.worker.sync();
  await phone.worker.settled();
  const done = (await phone.worker.requests()).find(
    ({ id }) => id === again.id,
  );
  expect(done?.stage.name).toBe("receipted");
});
