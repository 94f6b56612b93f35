import { expect, test } from "vitest";
import { alix, heard, request, together, World } from "../actors.js";

test("alone, phone makes a group at once and commits its own sequence id", async () => {
  const world = new World();
  const phone = await world.installation();
  await phone.groups.ensure();
  await phone.groups.ensure();
  const groups = await phone.store.groups();
  expect(groups).toHaveLength(1);
  expect(groups[0]?.epoch).toBe(1n);
});

test("an installation that isn't added in time creates a group with all installations", async () => {
  const world = new World();
  const phone = await world.installation();
  await phone.groups.ensure();
  const laptop = await world.installation();

  const waiting = laptop.groups.ensure({ graceMs: 5_000 });
  await asleep(world);
  world.clock.advance(5_000);
  await waiting;
  expect(await laptop.store.groups()).toHaveLength(1);

  await laptop.groups.send(request("1"));
  expect(await heard(phone.groups)).toEqual(["1"]);
  expect(await phone.store.groups()).toHaveLength(2);
});

test("the one that was joined last is the one to write to", async () => {
  const world = new World();
  const phone = await world.installation();
  await phone.groups.ensure();
  const laptop = await world.installation();
  world.clock.advance(1);
  await laptop.groups.ensure({ graceMs: 0 });
  await phone.groups.sync();
  const id = await phone.groups.send(request("2"));
  expect(await heard(laptop.groups)).toEqual(["2"]);
  expect((await laptop.groups.pending())[0]?.id).toBe(id);
});

test("an installation that waits is woken by its Welcome", async () => {
  const world = new World();
  const phone = await world.installation();
  await phone.groups.ensure();
  const laptop = await world.installation();
  const waiting = laptop.groups.ensure({ graceMs: 5_000 });
  await asleep(world);
  await phone.groups.refreshMembers();
  await waiting;
  expect(await laptop.store.groups()).toEqual([
    expect.objectContaining({ epoch: 2n }),
  ]);
});

test("an installation without a key package is listed as failed, and creates its own group for all", async () => {
  const world = new World();
  const phone = await world.installation();
  await phone.groups.ensure();
  world.node.fault = (call) =>
    call === "uploadKeyPackage" ? "refused" : undefined;
  const laptop = await world.installation();
  const { installationId } = laptop.groups;
  const failed = {
    added: [],
    removed: [],
    failed: [installationId],
    deferred: [],
  };
  expect(await phone.groups.refreshMembers()).toEqual(failed);
  world.node.fault = () => undefined;
  await laptop.groups.sync();
  // XMTP's rules let no member add it now: its inbox is no further than the group says.
  expect(await phone.groups.refreshMembers()).toEqual(failed);

  world.clock.advance(1);
  await laptop.groups.ensure({ graceMs: 0 });
  await phone.groups.sync();
  await phone.groups.send(request("1"));
  expect(await heard(laptop.groups)).toEqual(["1"]);
});

test("a failed installation that is revoked needs no removal, and the group still works", async () => {
  const world = new World();
  const phone = await world.installation();
  await phone.groups.ensure();
  world.node.fault = (call) =>
    call === "uploadKeyPackage" ? "refused" : undefined;
  const laptop = await world.installation();
  await phone.groups.refreshMembers();
  world.node.fault = () => undefined;

  world.installations.revoke(alix, laptop.groups.installationId);
  const tablet = await world.installation();
  expect(await phone.groups.refreshMembers()).toEqual({
    added: [tablet.groups.installationId],
    removed: [],
    failed: [],
    deferred: [],
  });
  await tablet.groups.ensure();
  await phone.groups.send(request("1"));
  expect(await heard(tablet.groups)).toEqual(["1"]);
});

test("a third is added later and talks with both", async () => {
  const world = new World();
  const [phone, laptop, tablet] = await together(world, 3);
  if (!phone || !laptop || !tablet) throw new RangeError("three are together");
  await tablet.groups.send(request("from tablet"));
  await laptop.groups.send(request("from laptop"));
  for (const { groups } of [phone, laptop, tablet]) {
    expect(await heard(groups)).toEqual(["from tablet", "from laptop"]);
  }
});

test("sending without a sync group throws, and ensure is the remedy", async () => {
  const world = new World();
  const phone = await world.installation();
  await expect(phone.groups.send(request("1"))).rejects.toMatchObject({
    code: "no-sync-group",
  });
});

/** Resolves when a sleep by the world's clock has begun. */
async function asleep(world: World): Promise<void> {
  const { clock } = world;
  const { sleep } = clock;
  await new Promise<void>((resolve) => {
    clock.sleep = (ms, signal) => {
      clock.sleep = sleep;
      const sleeping = sleep.call(clock, ms, signal);
      resolve();
      return sleeping;
    };
  });
}
