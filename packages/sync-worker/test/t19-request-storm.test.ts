import { create } from "@bufbuild/protobuf";
import { ManualClock } from "@history-sync/primitives/testing";
import { DeviceSyncRequestSchema } from "@history-sync/proto/device-sync";
import { ArchiveFormat } from "@history-sync/proto/history-sync";
import { expect, test } from "vitest";
import { start, together, withHistory } from "./pair.js";
import { type Installation, serverUrl, settle, stop, World } from "./world.js";

const hour = 60 * 60 * 1_000;

async function storm(
  { syncGroups }: Installation,
  requests: number,
  prefix: string,
) {
  for (let i = 0; i < requests; i++) {
    const value = create(DeviceSyncRequestSchema, {
      pin: `${prefix}${i}`,
      serverUrl,
      options: { elements: [1, 2] },
      acceptedFormats: [ArchiveFormat.PAGED_V1],
    });
    await syncGroups.send({ case: "request", value });
  }
}

async function slowly(
  requester: Installation,
  responder: Installation,
  requests: number,
  prefix: string,
) {
  for (let i = 0; i < requests; i++) {
    await storm(requester, 1, `${prefix}-${i}-`);
    await settle(responder);
  }
}

async function stages({ worker }: Installation) {
  const counts: Record<string, number> = {};
  for (const { stage } of await worker.requests()) {
    const name =
      stage.name === "declined" ? `declined: ${stage.reason}` : stage.name;
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}

test("the newest few of 1,000 waiting requests are responded to, and one message declines the rest", async () => {
  await using world = new World();
  const alice = await withHistory(world);
  const phone = await start(world);
  await together(alice, phone);
  await stop(alice);
  await storm(phone, 1_000, "storm-");

  const back = await world.start(alice.disk);
  let said = 0;
  world.node.fault = (call) => {
    if (call === "sendGroupMessage") said++;
    return undefined;
  };
  await settle(back);
  expect(await stages(back)).toEqual({
    replied: 4,
    "declined: too-many": 996,
  });
  expect(world.server.uploads).toBe(4);
  // Acknowledgements, replies, and what declines the others.
  expect(said).toBeLessThan(15);
});

test("requests one after the other are answered up to the hour's budget", async () => {
  const clock = new ManualClock(Date.now());
  await using world = new World(clock);
  const alice = await withHistory(world, 3, { maxExportsPerHour: 5 });
  const phone = await start(world);
  await together(alice, phone);
  await slowly(phone, alice, 8, "slow");
  expect(await stages(alice)).toEqual({ replied: 5, "declined: too-many": 3 });
  clock.advance(hour);
  await storm(phone, 1, "later-");
  await settle(alice);
  expect(world.server.uploads).toBe(6);
});

test("the hour's budget outlives the process, however many requests come", async () => {
  const clock = new ManualClock(Date.now());
  await using world = new World(clock);
  const options = { maxExportsPerHour: 3 };
  const alice = await withHistory(world, 3, options);
  const phone = await start(world);
  await together(alice, phone);
  await slowly(phone, alice, 3, "before");
  await stop(alice);
  // Of so many that are over the oldest are forgotten, but not those that count.
  const { requests } = alice.disk;
  const stage = { name: "failed", reason: "unexpected" } as const;
  for (const answered of await requests.list()) {
    await requests.put({ ...answered, stage });
  }
  const [answered] = await requests.list();
  if (!answered) throw new TypeError("expected a request");
  for (let i = 0; i < 1_000; i++) {
    await requests.put({
      ...answered,
      id: `${answered.id}-${i}`,
      createdAtNs: answered.createdAtNs + 1n,
      exportsBegunAtNs: [],
      stage,
    });
  }
  const back = await world.start(alice.disk, options);
  await slowly(phone, back, 2, "after");
  expect(world.server.uploads).toBe(3);
  clock.advance(hour);
  await slowly(phone, back, 1, "later");
  expect(world.server.uploads).toBe(4);
});
