import { expect, test } from "vitest";
import { groupOf, heard, sideOf, text, World } from "../actors.js";

test("a forgotten group leaves no key and no message, and stays forgotten", async () => {
  const world = new World();
  const [phone, laptop] = [await world.actor(), await world.actor()];
  const atPhone = await groupOf(phone, laptop);
  const atLaptop = sideOf(laptop, atPhone);
  await atPhone.send(text("hello"));
  await atLaptop.sync();
  await atLaptop.forget();

  const { id } = atLaptop;
  expect(atLaptop.active).toBe(false);
  expect(atLaptop.members()).toEqual([]);
  expect(await atLaptop.received()).toEqual([]);
  const stored = await laptop.store.group(id);
  expect(stored?.state.bytes).toHaveLength(0);
  expect(stored?.pending).toBeUndefined();
  await atPhone.send(text("are you there?"));
  await atLaptop.sync();
  expect(await atLaptop.received()).toEqual([]);
  await expect(atLaptop.send(text("no"))).rejects.toMatchObject({
    code: "not-a-member",
  });
  const again = sideOf(await world.actor({ store: laptop.store }), atPhone);
  expect(again.active).toBe(false);
  expect(again.epoch).toBe(1n);
});

test("an installation is back in a group when it is added again after it forgot the group", async () => {
  const world = new World();
  const [phone, laptop] = [await world.actor(), await world.actor()];
  const atPhone = await groupOf(phone, laptop);
  const atLaptop = sideOf(laptop, atPhone);
  await atLaptop.forget();
  await atPhone.changeMembers({ readd: [laptop.installation.id] });
  expect(await laptop.installation.syncWelcomes()).toEqual([atLaptop]);
  await atPhone.send(text("welcome back"));
  expect(await heard(atLaptop)).toEqual(["welcome back"]);
});

test("pending messages are forgotten with the group", async () => {
  const world = new World();
  const [phone, laptop] = [await world.actor(), await world.actor()];
  const atPhone = await groupOf(phone, laptop);
  const atLaptop = sideOf(laptop, atPhone);
  world.node.fault = () => "refused";
  await expect(atLaptop.send(text("never mind"))).rejects.toThrow();
  world.node.fault = () => undefined;
  await atLaptop.sync();
  world.node.fault = (call) =>
    call === "sendGroupMessage" ? "refused" : undefined;
  await expect(atLaptop.send(text("this neither"))).rejects.toThrow();
  expect(await laptop.store.outbox(atLaptop.id)).toHaveLength(1);
  await atLaptop.forget();
  expect(await laptop.store.outbox(atLaptop.id)).toEqual([]);
});
