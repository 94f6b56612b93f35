import { silent, systemRandomBytes } from "@history-sync/primitives";
import { expect, test } from "vitest";
import type { Delivered, DeliveryService } from "../src/index.js";
import { openInstallation } from "../src/index.js";
import { everybody, groupOf, heard, sideOf, text, World } from "./actors.js";

const dayMs = 24 * 60 * 60 * 1000;

test("an installation keeps its id, and its store refuses another credential", async () => {
  const world = new World();
  const { installation, store } = await world.actor();
  const again = await world.actor({ store });
  expect(again.installation.id).toBe(installation.id);
  const ports = {
    deliveryService: world.node,
    store,
    authentication: everybody,
    clock: world.clock,
    randomBytes: systemRandomBytes,
    log: silent,
  };
  await expect(
    openInstallation(ports, { credential: text("bo") }),
  ).rejects.toMatchObject({ code: "wrong-credential" });
});

test("a key package is renewed after 30 days; a Welcome for the one before it still lets in", async () => {
  const world = new World();
  const [phone, laptop] = [await world.actor(), await world.actor()];
  const { id } = laptop.installation;
  const group = await phone.installation.createGroup({ extensions: [] });
  await group.changeMembers({ add: [id] });
  const [before] = await world.node.fetchKeyPackages([id]);

  world.clock.advance(29 * dayMs);
  await world.actor({ store: laptop.store });
  expect(await world.node.fetchKeyPackages([id])).toEqual([before]);
  world.clock.advance(dayMs);
  const again = await world.actor({ store: laptop.store });
  expect(await world.node.fetchKeyPackages([id])).not.toEqual([before]);

  expect(await again.installation.syncWelcomes()).toHaveLength(1);
  await group.send(text("hello"));
  expect(await heard(sideOf(again, group))).toEqual(["hello"]);
});

test("an installation with an expired key package isn't added", async () => {
  const world = new World();
  const [phone, laptop] = [await world.actor(), await world.actor()];
  const group = await phone.installation.createGroup({ extensions: [] });
  world.clock.advance(85 * dayMs);
  const { id } = laptop.installation;
  expect(await group.changeMembers({ add: [id] })).toEqual({
    added: [],
    removed: [],
    unavailable: [id],
  });
});

test("an installation whose key package the node has swapped isn't added", async () => {
  const world = new World();
  const [phone, laptop, stranger] = [
    await world.actor(),
    await world.actor(),
    await world.actor(),
  ];
  const { id } = laptop.installation;
  const [swapped] = await world.node.fetchKeyPackages([
    stranger.installation.id,
  ]);
  if (swapped) await world.node.uploadKeyPackage(id, swapped);
  const group = await phone.installation.createGroup({ extensions: [] });
  const { unavailable } = await group.changeMembers({ add: [id] });
  expect(unavailable).toEqual([id]);
});

test("a node whose ids don't grow is detected", async () => {
  const world = new World();
  const [phone, laptop] = [await world.actor(), await world.actor()];
  const atPhone = await groupOf(phone, laptop);
  const atLaptop = sideOf(laptop, atPhone);
  await atPhone.send(text("one"));
  const query: DeliveryService["query"] = world.node.query.bind(world.node);
  world.node.query = async (topic) => {
    const page = await query(topic, 0n);
    const entries: Delivered[] = page.entries.map((e) => ({ ...e, id: 1n }));
    return { entries, more: true };
  };
  await expect(atLaptop.sync()).rejects.toMatchObject({
    code: "delivery-disorder",
  });
});

test("of groups that are made and joined at the same time, each is newer than the one before, after a restart too", async () => {
  const world = new World();
  const { installation, store } = await world.actor();
  const made = await installation.createGroup({ extensions: [] });
  const order = [made.id];
  for (const _ of [1, 2, 3]) {
    const founder = (await world.actor()).installation;
    const group = await founder.createGroup({ extensions: [] });
    await group.changeMembers({ add: [installation.id] });
    order.push(group.id);
  }
  await installation.syncWelcomes();
  const again = (await world.actor({ store })).installation;
  const last = await again.createGroup({ extensions: [] });
  const byTime = again
    .groups()
    .toSorted((a, b) => (a.createdAtNs < b.createdAtNs ? -1 : 1));
  expect(byTime.map(({ id }) => id)).toEqual([...order, last.id]);
});
