import { expect, test } from "vitest";
import { dayMs, messagesAt, stagesAt, World } from "./world.js";

test("T7: an archive that no installation fetched expires, its key is deleted, and the history is requested again", async () => {
  await using world = await World.open();
  const phone = await world.start("phone", { past: 40 });
  await phone.client.settled();
  await world.stop(phone);
  const laptop = await world.start("laptop");
  await laptop.client.settled();
  await world.stop(laptop);

  const alone = await world.start("phone");
  await world.settle();
  expect(await stagesAt(alone)).toEqual(["replied"]);
  expect(await world.archives()).toBe(1);
  await world.pass(3 * dayMs);
  expect(await stagesAt(alone)).toEqual(["expired"]);
  expect(await world.archives()).toBe(0);

  const back = await world.start("laptop");
  await world.settle();
  expect(await stagesAt(back)).toEqual(["expired", "receipted"]);
  expect(await stagesAt(alone)).toEqual(["expired", "receipted"]);
  expect(await messagesAt(back)).toBe(40);
  expect(await world.archives()).toBe(0);
});
