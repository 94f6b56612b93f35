import { ManualClock } from "@history-sync/primitives/testing";
import { expect, test } from "vitest";
import { start, together, withHistory } from "./pair.js";
import {
  archiveOf,
  Disk,
  inStage,
  next,
  seenBy,
  settle,
  stop,
  World,
} from "./world.js";

test("the requester says what came; then the archive is deleted, and both sides know", async () => {
  await using world = new World();
  const alice = await withHistory(world);
  const phone = await start(world);
  await together(alice, phone);
  const { pin } = await phone.worker.request();
  await settle(alice, phone, alice);
  expect(world.server.blobs.size).toBe(0);
  for (const side of [alice, phone]) {
    const { stage } = (await seenBy(side, pin)) ?? {};
    expect(stage).toMatchObject({
      name: "receipted",
      receipt: {
        complete: true,
        expected: 3,
        present: 3,
        conversations: [{ expected: 3, present: 3 }],
      },
    });
    expect(stage).not.toHaveProperty("upload");
  }
});

test("a receipt that was lost with the process is sent at the next start", async () => {
  await using world = new World();
  const alice = await withHistory(world);
  const phone = await start(world);
  await together(alice, phone);
  const { pin } = await phone.worker.request();
  const imported = next(phone.worker, inStage("imported"));
  world.node.fault = () => undefined;
  const sending = imported.then(() => {
    world.node.fault = (call) =>
      call === "sendGroupMessage" ? "refused" : undefined;
  });
  await sending;
  await stop(phone);
  world.node.fault = () => undefined;
  const back = await world.start(phone.disk);
  await settle(back, alice);
  expect((await seenBy(alice, pin))?.stage.name).toBe("receipted");
  expect((await seenBy(back, pin))?.stage.name).toBe("receipted");
});

test("only the requester's receipt deletes its archive", async () => {
  await using world = new World();
  const alice = await withHistory(world);
  const phone = await start(world);
  // It hands out nothing: alice is the one who answers.
  const other = await start(world, new Disk(), { historySyncUrl: "" });
  await together(alice, phone, other);
  let open = () => {};
  world.server.gate = new Promise((resolve) => {
    open = resolve;
  });
  const importing = next(phone.worker, inStage("importing"));
  const { pin } = await phone.worker.request();
  await importing;
  await other.syncGroups.send({
    case: "receipt",
    value: {
      $typeName: "history_sync.v1.SyncReceipt",
      requestId: pin,
      expected: 0,
      present: 0,
      conversations: [],
    },
  });
  await alice.worker.sync();
  await alice.worker.settled();
  expect((await seenBy(alice, pin))?.stage.name).toBe("replied");
  expect(world.server.blobs.size).toBe(1);
  open();
  await settle(phone);
});

test("T18: no key outlives the receipt, or the archive", async () => {
  const clock = new ManualClock(Date.now());
  await using world = new World(clock);
  const alice = await withHistory(world);
  const other = await start(world);
  const phone = await start(world);
  await together(alice, other, phone);
  const importing = next(phone.worker, inStage("importing"));
  const { pin } = await phone.worker.request();
  const { key } = archiveOf(await importing);
  await settle(alice, phone, other);
  expect((await seenBy(phone, pin))?.stage.name).toBe("receipted");
  expect([...key].every((byte) => byte === 0)).toBe(true);
  for (const { disk } of [alice, other, phone]) {
    expect(await disk.requests.archives.list()).toEqual([]);
    const stages = (await disk.requests.list()).map(({ stage }) => stage);
    expect(stages.some((stage) => "archive" in stage)).toBe(false);
  }

  await alice.worker.sendSyncArchive("for later");
  await settle(other);
  expect(await other.disk.requests.archives.list()).toHaveLength(1);
  for (let days = 0; days < 4; days++) {
    clock.advance(24 * 60 * 60 * 1_000);
    await settle(other);
  }
  expect(await other.disk.requests.archives.list()).toEqual([]);
});
