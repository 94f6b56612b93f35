import { expect, test } from "vitest";
import { messagesAt, stagesAt, World } from "./world.js";

test("two new installations ask at once, and both get the history of the one that has it", async () => {
  await using world = await World.open();
  const phone = await world.start("phone", { past: 40 });
  await phone.client.settled();
  const [laptop, tablet] = await Promise.all([
    world.start("laptop"),
    world.start("tablet"),
  ]);
  await world.settle();
  await world.settle();
  for (const one of [laptop, tablet]) {
    expect(await messagesAt(one)).toBe(40);
    const asked = (await one.client.history.requests()).filter(
      ({ role }) => role === "requester",
    );
    expect(asked).toMatchObject([{ stage: { name: "receipted" } }]);
  }
  expect(await stagesAt(phone)).toEqual(["receipted", "receipted"]);
  expect(world.uploaded).toHaveLength(2);
  expect(await world.archives()).toBe(0);
});
