import { expect, test } from "vitest";
import { groupOf, heard, sideOf, text, World } from "../actors.js";
import { ShownNode } from "../support/shown-node.js";

test("addedBy is the signer of the Welcome, not the creator of the group", async () => {
  const world = new World();
  const phone = await world.actor();
  const tablet = await world.actor();
  const laptop = await world.actor();
  const atPhone = await groupOf(phone, tablet);
  const atTablet = sideOf(tablet, atPhone);
  await atTablet.changeMembers({ add: [laptop.installation.id] });
  await laptop.installation.syncWelcomes();
  expect(atPhone.addedBy).toBeUndefined();
  expect(atTablet.addedBy).toEqual(atPhone.members()[0]);
  const atLaptop = sideOf(laptop, atPhone);
  expect(atLaptop.addedBy).toEqual(atPhone.members()[1] ?? "the tablet");
  expect(atLaptop.addedBy?.installationId).toBe(tablet.installation.id);
  const again = await world.actor({ store: laptop.store });
  expect(sideOf(again, atPhone).addedBy).toEqual(atLaptop.addedBy);
});

test("readded returns the commit of a re-added member on every installation, until the member has left", async () => {
  const world = new World();
  const [phone, tablet, laptop] = [
    await world.actor(),
    await world.actor(),
    await world.actor(),
  ];
  const atPhone = await groupOf(phone, tablet, laptop);
  const atTablet = sideOf(tablet, atPhone);
  const { id } = laptop.installation;
  expect(atPhone.readded(id)).toBeUndefined();
  world.clock.advance(1_000);
  await atPhone.changeMembers({ readd: [id] });
  const readded = atPhone.readded(id);
  expect(readded).toEqual({
    installationId: id,
    sequence: atPhone.cursor,
    atNs: BigInt(world.clock.nowMs()) * 1_000_000n,
  });
  await atTablet.sync();
  expect(atTablet.readded(id)).toEqual(readded);
  await atPhone.send(text("later"));
  expect(await heard(atTablet)).toEqual(["later"]);
  const again = await world.actor({ store: tablet.store });
  expect(sideOf(again, atPhone).readded(id)).toEqual(readded);

  await atPhone.changeMembers({ remove: [id] });
  await atTablet.sync();
  expect(atPhone.readded(id)).toBeUndefined();
  expect(atTablet.readded(id)).toBeUndefined();
});

test("one of two helpers commits when both re-add a member at once", async () => {
  const world = new World();
  const node = new ShownNode(world.node);
  const phone = await world.actor({
    deliveryService: new ShownNode(world.node),
  });
  const tablet = await world.actor({ deliveryService: node });
  const laptop = await world.actor({
    deliveryService: new ShownNode(world.node),
  });
  const atPhone = await groupOf(phone, tablet, laptop);
  const atTablet = sideOf(tablet, atPhone);
  const { id } = laptop.installation;
  node.beforeNextSend = () => atPhone.changeMembers({ readd: [id] });
  const changed = await atTablet.changeMembers({
    readd: () => (atTablet.readded(id) ? [] : [id]),
  });
  expect(changed).toEqual({ added: [], removed: [], unavailable: [] });
  expect(atTablet.epoch).toBe(2n);
  expect(atTablet.epochAuthenticator).toEqual(atPhone.epochAuthenticator);
});
