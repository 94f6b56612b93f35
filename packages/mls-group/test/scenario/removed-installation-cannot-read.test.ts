import { expect, test } from "vitest";
import { groupOf, heard, membership, sideOf, text, World } from "../actors.js";

test("t09: a removed tablet can't read the next message, nor send", async () => {
  const world = new World();
  const [phone, laptop, tablet] = [
    await world.actor(),
    await world.actor(),
    await world.actor(),
  ];
  const atPhone = await groupOf(phone, laptop, tablet);
  const [atLaptop, atTablet] = [
    sideOf(laptop, atPhone),
    sideOf(tablet, atPhone),
  ];
  await atPhone.send(text("to all three"));
  expect(await heard(atTablet)).toEqual(["to all three"]);

  const watch = await world.actor();
  await atPhone.changeMembers({
    add: [watch.installation.id],
    remove: [tablet.installation.id],
    extensions: [membership(4)],
  });
  await watch.installation.syncWelcomes();
  await atPhone.send(text("without the tablet"));

  expect(await heard(atTablet)).toEqual(["to all three"]);
  expect(atTablet.active).toBe(false);
  await expect(atTablet.send(text("let me in"))).rejects.toMatchObject({
    code: "not-a-member",
  });
  expect(await heard(atLaptop)).toEqual(["to all three", "without the tablet"]);
  expect(await heard(sideOf(watch, atPhone))).toEqual(["without the tablet"]);
  expect(atLaptop.epoch).toBe(atPhone.epoch);
  expect(atLaptop.extensions).toEqual([membership(4)]);
});

test("a tablet that was added again reads again", async () => {
  const world = new World();
  const [phone, tablet] = [await world.actor(), await world.actor()];
  const atPhone = await groupOf(phone, tablet);
  const atTablet = sideOf(tablet, atPhone);
  await atPhone.changeMembers({ remove: [tablet.installation.id] });
  await atTablet.sync();
  await atPhone.changeMembers({ add: [tablet.installation.id] });

  expect(await tablet.installation.syncWelcomes()).toEqual([atTablet]);
  await atPhone.send(text("back again"));
  expect(await heard(atTablet)).toEqual(["back again"]);
});
