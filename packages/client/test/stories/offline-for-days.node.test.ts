import { expect, test } from "vitest";
import { dayMs, messagesAt, stagesAt, World } from "./world.js";

test("a new installation asks while the other one is offline, and has its history days later", async () => {
  await using world = await World.open();
  const phone = await world.start("phone", { past: 40 });
  await phone.client.settled();
  await world.stop(phone);

  const laptop = await world.start("laptop");
  await world.settle();
  expect(await stagesAt(laptop)).toEqual(["requested"]);
  for (let day = 1; day <= 5; day++) await world.pass(dayMs);
  expect(await stagesAt(laptop)).toEqual(["requested"]);
  expect(await messagesAt(laptop)).toBe(0);

  const back = await world.start("phone");
  await world.settle();
  expect(await stagesAt(laptop)).toEqual(["receipted"]);
  expect(await stagesAt(back)).toEqual(["receipted"]);
  expect(await messagesAt(laptop)).toBe(40);
  expect(await world.archives()).toBe(0);
});

test("the two are never online at the same time, and the history comes all the same", async () => {
  await using world = await World.open();
  await world.stop(await settled(world, "phone", 40));
  await world.stop(await settled(world, "laptop"));

  world.clock.advance(2 * dayMs);
  const phone = await settled(world, "phone");
  expect(await stagesAt(phone)).toEqual(["replied"]);
  await world.stop(phone);
  world.clock.advance(2 * dayMs);
  const laptop = await settled(world, "laptop");
  expect(await stagesAt(laptop)).toEqual(["receipted"]);
  expect(await messagesAt(laptop)).toBe(40);
  await world.stop(laptop);

  expect(await world.archives()).toBe(1);
  const back = await settled(world, "phone");
  expect(await stagesAt(back)).toEqual(["receipted"]);
  expect(await world.archives()).toBe(0);
});

async function settled(world: World, name: string, past?: number) {
  const started = await world.start(name, past === undefined ? {} : { past });
  await world.settle();
  return started;
}
