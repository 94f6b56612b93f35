import { nowNs } from "@history-sync/primitives";
import { expect, test } from "vitest";
import {
  type Actor,
  alix,
  heard,
  request,
  together,
  World,
} from "../actors.js";

const graceMs = 10_000;

/** Phone is in a sync group when laptop comes to the inbox. */
async function laptopComes(): Promise<{
  readonly world: World;
  readonly phone: Actor;
  readonly laptop: Actor;
}> {
  const world = new World();
  world.newcomerGraceMs = graceMs;
  const phone = await world.installation();
  await phone.groups.ensure();
  const laptop = await world.installation();
  world.clock.advance(1);
  return { world, phone, laptop };
}

test("a new installation makes its own group, and isn't added to the one that there is", async () => {
  const { world, phone, laptop } = await laptopComes();
  await phone.groups.send(request("before"));
  expect(await phone.groups.refreshMembers()).toEqual({
    added: [],
    removed: [],
    failed: [],
    deferred: [laptop.groups.installationId],
  });
  expect(phone.groups.members).toEqual([phone.groups.installationId]);

  await laptop.groups.ensure();
  await laptop.groups.send(request("from laptop"));
  world.clock.advance(graceMs);
  await phone.groups.send(request("after"));
  expect(phone.groups.addsDueAtNs).toBeUndefined();
  expect(await heard(laptop.groups)).toEqual(["from laptop", "after"]);
  expect(await laptop.store.groups()).toHaveLength(1);
});

test("one that makes no group is added when its time is over", async () => {
  const { world, phone, laptop } = await laptopComes();
  const { installationId } = laptop.groups;
  await phone.groups.refreshMembers();
  const dueAtNs = nowNs(world.clock) + BigInt(graceMs) * 1_000_000n;
  expect(phone.groups.addsDueAtNs).toBe(dueAtNs);

  world.clock.advance(graceMs - 1);
  const { deferred } = await phone.groups.refreshMembers();
  expect(deferred).toEqual([installationId]);
  expect(phone.groups.addsDueAtNs).toBe(dueAtNs);

  world.clock.advance(1);
  expect(await phone.groups.refreshMembers()).toEqual({
    added: [installationId],
    removed: [],
    failed: [],
    deferred: [],
  });
  expect(phone.groups.addsDueAtNs).toBeUndefined();
  await phone.groups.send(request("1"));
  expect(await heard(laptop.groups)).toEqual(["1"]);
});

test("a revoked installation is removed at once, also when others are new", async () => {
  const world = new World();
  const [phone, tablet] = await together(world, 2);
  if (!phone || !tablet) throw new RangeError("two are together");
  world.newcomerGraceMs = graceMs;
  const again = await world.open(phone.store);
  const laptop = await world.installation();
  expect((await again.refreshMembers()).deferred).toHaveLength(1);

  world.installations.revoke(alix, tablet.groups.installationId);
  expect(await again.refreshMembers()).toEqual({
    added: [laptop.groups.installationId],
    removed: [tablet.groups.installationId],
    failed: [],
    deferred: [],
  });
});
