import { expect, test } from "vitest";
import { groupOf, heard, sideOf, text, World } from "../actors.js";

const dayMs = 24 * 60 * 60 * 1000;

async function pair(keyUpdateIntervalMs?: number) {
  const world = new World();
  const options =
    keyUpdateIntervalMs === undefined ? {} : { keyUpdateIntervalMs };
  const [phone, laptop] = [
    await world.actor(options),
    await world.actor(options),
  ];
  const atPhone = await groupOf(phone, laptop);
  return { world, laptop, atPhone, atLaptop: sideOf(laptop, atPhone) };
}

test("a joiner renews its keys before its first message, then every 30 days", async () => {
  const { world, atPhone, atLaptop } = await pair();
  await atLaptop.send(text("first"));
  expect(atLaptop.epoch).toBe(2n);
  await atLaptop.send(text("second"));
  await atPhone.send(text("from the one who committed"));
  expect(atPhone.epoch).toBe(2n);
  world.clock.advance(30 * dayMs);
  await atLaptop.send(text("third"));
  expect(atLaptop.epoch).toBe(2n);
  world.clock.advance(1);
  await atLaptop.send(text("fourth"));
  expect(atLaptop.epoch).toBe(3n);
  expect(await heard(atPhone)).toHaveLength(5);
  const epochs = (await atPhone.received()).map(({ epoch }) => epoch);
  expect(epochs).toEqual([2n, 2n, 2n, 2n, 3n]);
});

test("a member that commits anyway needs no renewal", async () => {
  const { world, atPhone } = await pair();
  world.clock.advance(29 * dayMs);
  await atPhone.changeMembers({
    extensions: [{ type: 0xff01, data: text("") }],
  });
  world.clock.advance(2 * dayMs);
  await atPhone.send(text("hello"));
  expect(atPhone.epoch).toBe(2n);
});

test("an app may choose how often, or never", async () => {
  const hourly = await pair(60 * 60 * 1000);
  hourly.world.clock.advance(60 * 60 * 1000 + 1);
  await hourly.atPhone.send(text("hello"));
  expect(hourly.atPhone.epoch).toBe(2n);
  const never = await pair(Number.POSITIVE_INFINITY);
  await never.atLaptop.send(text("hello"));
  expect(never.atLaptop.epoch).toBe(1n);
});

test("a renewal that can't be had doesn't keep a message back", async () => {
  const { world, laptop, atPhone, atLaptop } = await pair();
  let sent = 0;
  world.node.fault = (call) =>
    call === "sendGroupMessage" && sent++ === 0 ? "refused" : undefined;
  await atLaptop.send(text("all the same"));
  expect(await heard(atPhone)).toEqual(["all the same"]);
  expect(await laptop.store.outbox(atLaptop.id)).toEqual([]);
  expect(atLaptop.epoch).toBe(2n);
  expect(atPhone.epoch).toBe(2n);
});
