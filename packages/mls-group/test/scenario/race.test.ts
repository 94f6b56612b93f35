import { expect, test } from "vitest";
import { groupOf, heard, sideOf, text, World } from "../actors.js";

test("two installations commit in the same epoch: both changes are made, one after the other", async () => {
  const world = new World();
  const [phone, laptop, tablet, watch] = [
    await world.actor(),
    await world.actor(),
    await world.actor(),
    await world.actor(),
  ];
  const atPhone = await groupOf(phone, laptop);
  const atLaptop = sideOf(laptop, atPhone);
  await Promise.all([
    atPhone.changeMembers({ add: [tablet.installation.id] }),
    atLaptop.changeMembers({ add: [watch.installation.id] }),
  ]);
  await atPhone.sync();
  await atLaptop.sync();
  expect(atPhone.epoch).toBe(3n);
  expect(atLaptop.epoch).toBe(3n);
  expect(atPhone.members()).toEqual(atLaptop.members());
  expect(atPhone.members()).toHaveLength(4);

  await tablet.installation.syncWelcomes();
  await watch.installation.syncWelcomes();
  await atPhone.send(text("all here"));
  for (const actor of [laptop, tablet, watch]) {
    expect(await heard(sideOf(actor, atPhone))).toEqual(["all here"]);
  }
});

test("a message sent while another commits is read all the same", async () => {
  const world = new World();
  const [phone, laptop, tablet] = [
    await world.actor(),
    await world.actor(),
    await world.actor(),
  ];
  const atPhone = await groupOf(phone, laptop);
  const atLaptop = sideOf(laptop, atPhone);
  await Promise.all([
    atPhone.changeMembers({ add: [tablet.installation.id] }),
    atLaptop.send(text("in between")),
  ]);
  expect(await heard(atPhone)).toEqual(["in between"]);
  expect(await heard(atLaptop)).toEqual(["in between"]);
});
