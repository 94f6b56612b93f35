import { expect, test } from "vitest";
import { stuckUploads } from "./stuck-uploads.js";
import { dayMs, messagesAt, minuteMs, stagesAt, World } from "./world.js";

test("of three installations one dies in the middle of its upload, and the other one takes over", async () => {
  await using world = await World.open();
  const before = await world.start("phone", { past: 40 });
  const early = await world.start("tablet");
  await world.settle();
  expect(await messagesAt(early)).toBe(40);
  await world.stop(early);
  await world.stop(before);

  const { server, stuck } = stuckUploads(world.historyServer);
  const phone = await world.start("phone", { historyServer: server });
  const laptop = await world.start("laptop");
  await stuck;
  await world.stop(phone);

  const tablet = await world.start("tablet");
  await world.settle();
  expect(await stagesAt(laptop)).toEqual(["requested"]);
  expect(await stagesAt(tablet)).toEqual(["receipted", "standing-by"]);
  await world.pass(6 * minuteMs);
  expect(await stagesAt(laptop)).toEqual(["receipted"]);
  expect(await stagesAt(tablet)).toEqual(["receipted", "receipted"]);
  expect(await messagesAt(laptop)).toBe(40);
  const [asked] = await laptop.client.history.requests();
  expect(asked?.acknowledgements.map((one) => one.installation)).toEqual([
    phone.client.installationId,
    tablet.client.installationId,
  ]);

  world.clock.advance(dayMs);
  const back = await world.start("phone");
  await world.settle();
  expect(await stagesAt(back)).toEqual(["receipted", "receipted"]);
  expect(await world.archives()).toBe(0);
});
