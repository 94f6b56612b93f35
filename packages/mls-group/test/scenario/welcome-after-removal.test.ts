import { expect, test } from "vitest";
import { type Actor, groupOf, heard, sideOf, text, World } from "../actors.js";

/** A laptop whose commit adds a tablet and counts, and that is removed before it could send the Welcome. */
async function removedTooEarly() {
  const world = new World();
  const [phone, laptop, tablet] = [
    await world.actor(),
    await world.actor(),
    await world.actor(),
  ];
  const atPhone = await groupOf(phone, laptop);
  const atLaptop = sideOf(laptop, atPhone);
  world.node.fault = (call) =>
    call === "sendWelcomes" ? "refused" : undefined;
  await expect(
    atLaptop.changeMembers({ add: [tablet.installation.id] }),
  ).rejects.toMatchObject({ code: "delivery-failed" });
  await atPhone.changeMembers({ remove: [laptop.installation.id] });
  world.node.fault = () => undefined;
  const expectTabletIn = async () => {
    await tablet.installation.syncWelcomes();
    await atPhone.send(text("come in"));
    expect(await heard(sideOf(tablet, atPhone))).toEqual(["come in"]);
  };
  return { world, laptop, atPhone, atLaptop, expectTabletIn };
}

async function expectNothingToSend(
  { store }: Actor,
  { id }: { readonly id: Parameters<Actor["store"]["group"]>[0] },
): Promise<void> {
  expect((await store.group(id))?.welcomes).toEqual([]);
}

test("a removed member still sends the Welcomes of its commit", async () => {
  const { laptop, atLaptop, expectTabletIn } = await removedTooEarly();
  await atLaptop.sync();
  expect(atLaptop.active).toBe(false);
  await expectNothingToSend(laptop, atLaptop);
  await expectTabletIn();
});

test("a removed installation sends them when it learns of its removal by sending, too", async () => {
  const { atLaptop, expectTabletIn } = await removedTooEarly();
  await expect(atLaptop.send(text("hello"))).rejects.toMatchObject({
    code: "not-a-member",
  });
  await expectTabletIn();
});

test("a removed installation sends them after a restart, though it knew of the removal before", async () => {
  const { world, laptop, atLaptop, expectTabletIn } = await removedTooEarly();
  world.node.fault = (call) =>
    call === "sendWelcomes" ? "refused" : undefined;
  await expect(atLaptop.sync()).rejects.toMatchObject({ retryable: true });
  expect(atLaptop.active).toBe(false);
  world.node.fault = () => undefined;
  await world.actor({ store: laptop.store });
  await expectNothingToSend(laptop, atLaptop);
  await expectTabletIn();
});

test("a removed installation sends them before it comes back by a Welcome", async () => {
  const { laptop, atPhone, atLaptop, expectTabletIn } = await removedTooEarly();
  await atPhone.changeMembers({ add: [laptop.installation.id] });
  expect(await laptop.installation.syncWelcomes()).toEqual([atLaptop]);
  await expectTabletIn();
  expect(await heard(atLaptop)).toEqual(["come in"]);
});

test("a removed installation sends them after it forgot the group", async () => {
  const { laptop, atLaptop, expectTabletIn } = await removedTooEarly();
  await atLaptop.forget();
  await atLaptop.sync();
  await expectNothingToSend(laptop, atLaptop);
  await expectTabletIn();
});
