import { expect, test } from "vitest";
import { heard, reply, request, together, World } from "../actors.js";

test("laptop restarts between request and reply, and finds the reply", async () => {
  const world = new World();
  const [phone, laptop] = await together(world, 2);
  if (!phone || !laptop) throw new RangeError("two are together");
  await laptop.groups.send(request("1"));
  await laptop.groups.close();
  expect(await heard(phone.groups)).toEqual(["1"]);
  await phone.groups.send(reply("1"));

  const again = await world.open(laptop.store);
  expect(again.installationId).toBe(laptop.groups.installationId);
  await again.ensure();
  expect(await heard(again)).toEqual(["1", "re: 1"]);
  await again.send(request("2"));
  expect(await heard(phone.groups)).toEqual(["1", "re: 1", "2"]);
});

test.each(["refused", "answer-lost"] as const)(
  "sending is %s and phone restarts: the message arrives exactly once",
  async (fault) => {
    const world = new World();
    const [phone, laptop] = await together(world, 2);
    if (!phone || !laptop) throw new RangeError("two are together");
    world.node.fault = (call) =>
      call === "sendGroupMessage" ? fault : undefined;
    await expect(phone.groups.send(reply("1"))).rejects.toMatchObject({
      code: "delivery-failed",
      retryable: true,
    });
    world.node.fault = () => undefined;

    const again = await world.open(phone.store);
    await again.sync();
    expect(await heard(laptop.groups)).toEqual(["re: 1"]);
    expect(await heard(again)).toEqual(["re: 1"]);
    for (const { id } of await phone.store.groups()) {
      expect(await phone.store.outbox(id)).toEqual([]);
    }
  },
);

test.each(["refused", "answer-lost"] as const)(
  "the first commit is %s and phone restarts: it has one group, and all is well",
  async (fault) => {
    const world = new World();
    const phone = await world.installation();
    world.node.fault = (call) =>
      call === "sendGroupMessage" ? fault : undefined;
    await expect(phone.groups.ensure()).rejects.toMatchObject({
      code: "delivery-failed",
    });
    world.node.fault = () => undefined;

    const again = await world.open(phone.store);
    await again.ensure();
    const laptop = await world.installation();
    await again.refreshMembers();
    await laptop.groups.ensure();
    await again.send(request("1"));
    expect(await heard(laptop.groups)).toEqual(["1"]);
    expect(await phone.store.groups()).toHaveLength(1);
  },
);

test("all work ends with close", async () => {
  const world = new World();
  const [phone] = await together(world, 1);
  await phone?.groups.close();
  await phone?.groups.close();
  await expect(phone?.groups.sync()).rejects.toMatchObject({
    name: "AbortError",
  });
});
