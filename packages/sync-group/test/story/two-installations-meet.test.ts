import { expect, test } from "vitest";
import { heard, reply, request, together, World } from "../actors.js";

test("Phone has a sync group, laptop is added to it, and they talk both ways", async () => {
  const world = new World();
  const [phone, laptop] = await together(world, 2);
  if (!phone || !laptop) throw new RangeError("two are together");

  const requestId = await laptop.groups.send(request("1"));
  expect(await heard(phone.groups)).toEqual(["1"]);
  const [asked] = await phone.groups.pending();
  expect(asked).toMatchObject({
    id: requestId,
    sender: laptop.groups.installationId,
    own: false,
    epoch: 3n, // after a commit that renewed the laptop's keys
  });

  await phone.groups.send(reply("1"));
  expect(await heard(laptop.groups)).toEqual(["1", "re: 1"]);
  const [own, answer] = await laptop.groups.pending();
  expect(own).toMatchObject({ id: requestId, own: true });
  expect(answer?.sender).toBe(phone.groups.installationId);
  expect(answer?.content).toEqual(reply("1"));
});

test("a handled message is gone with its keys, also after a restart", async () => {
  const world = new World();
  const [phone, laptop] = await together(world, 2);
  if (!phone || !laptop) throw new RangeError("two are together");
  await phone.groups.send(reply("1"));
  await laptop.groups.sync();
  for (const { groups, store } of [phone, laptop]) {
    for (const message of await groups.pending()) {
      await groups.markHandled(message);
    }
    const again = await world.open(store);
    expect(await heard(again)).toEqual([]);
    for (const { id } of await store.groups()) {
      expect(await store.outbox(id)).toEqual([]);
      expect(await store.received(id)).toEqual([]);
    }
  }
});

test("two messages at the same moment are two messages", async () => {
  const world = new World();
  const [phone, laptop] = await together(world, 2);
  if (!phone || !laptop) throw new RangeError("two are together");
  const ids = [
    await phone.groups.send(request("1")),
    await phone.groups.send(request("1")),
  ];
  await laptop.groups.sync();
  const pending = await laptop.groups.pending();
  expect(pending.map(({ id }) => id)).toEqual(ids);
  expect(new Set(ids).size).toBe(2);
});
