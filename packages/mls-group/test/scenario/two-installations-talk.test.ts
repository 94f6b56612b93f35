import { expect, test } from "vitest";
import { groupOf, heard, membership, sideOf, text, World } from "../actors.js";

test("Phone adds laptop by Welcome, and they talk both ways", async () => {
  const world = new World();
  const [phone, laptop] = [await world.actor(), await world.actor()];
  const atPhone = await groupOf(phone, laptop);
  const atLaptop = sideOf(laptop, atPhone);

  await atPhone.send(text("are you there?"), { id: "1" });
  expect(await heard(atLaptop)).toEqual(["are you there?"]);
  await atLaptop.send(text("I am"), { id: "2" });
  expect(await heard(atPhone)).toEqual(["are you there?", "I am"]);

  const [own, other] = await atPhone.received();
  const [atOwn, atOther] = [phone, laptop].map(({ installation }) =>
    atPhone
      .members()
      .find(({ installationId }) => installationId === installation.id),
  );
  expect(own).toMatchObject({
    sender: atOwn?.installationId,
    credential: atOwn?.credential,
    own: true,
  });
  expect(other).toMatchObject({
    sender: atOther?.installationId,
    credential: atOther?.credential,
    own: false,
  });
  expect(other?.credential.length).toBeGreaterThan(0);
  expect(other?.sentAtNs).toBeGreaterThan(0n);
  expect(await phone.store.outbox(atPhone.id)).toEqual([]);
});

test("both see the same members, epoch and extensions", async () => {
  const world = new World();
  const [phone, laptop] = [await world.actor(), await world.actor()];
  const atPhone = await groupOf(phone, laptop);
  const atLaptop = sideOf(laptop, atPhone);
  const extensions = [membership(1, 2, 3)];

  expect(await atPhone.changeMembers({ extensions })).toEqual({
    added: [],
    removed: [],
    unavailable: [],
  });
  await atLaptop.sync();
  expect(atLaptop.epoch).toBe(atPhone.epoch);
  expect(atLaptop.extensions).toEqual(extensions);
  expect(atLaptop.members()).toEqual(atPhone.members());
  expect(atLaptop.members().map((m) => m.installationId)).toEqual([
    phone.installation.id,
    laptop.installation.id,
  ]);
});

test("handled messages are deleted, others stay", async () => {
  const world = new World();
  const [phone, laptop] = [await world.actor(), await world.actor()];
  const atPhone = await groupOf(phone, laptop);
  const atLaptop = sideOf(laptop, atPhone);
  await atPhone.send(text("one"));
  await atPhone.send(text("two"));

  expect(await heard(atLaptop)).toEqual(["one", "two"]);
  await atLaptop.markHandled((await atLaptop.received()).slice(0, 1));
  expect(await heard(atLaptop)).toEqual(["two"]);
});
