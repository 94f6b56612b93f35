import { installationId } from "@history-sync/primitives";
import { expect, test } from "vitest";
import { groupOf, heard, membership, sideOf, text, World } from "../actors.js";

test("a tablet that joins later reads the messages after its join, and all three talk", async () => {
  const world = new World();
  const [phone, laptop] = [await world.actor(), await world.actor()];
  const atPhone = await groupOf(phone, laptop);
  await atPhone.send(text("before"));

  const tablet = await world.actor();
  const { added } = await sideOf(laptop, atPhone).changeMembers({
    add: [tablet.installation.id],
    extensions: [membership(3)],
  });
  expect(added).toEqual([tablet.installation.id]);
  await tablet.installation.syncWelcomes();
  const atTablet = sideOf(tablet, atPhone);
  await atTablet.send(text("hello"));
  await atPhone.send(text("welcome"));

  expect(await heard(atTablet)).toEqual(["hello", "welcome"]);
  expect(await heard(sideOf(laptop, atPhone))).toEqual([
    "before",
    "hello",
    "welcome",
  ]);
  expect(await heard(atPhone)).toEqual(["before", "hello", "welcome"]);
});

test("changeMembers commits nothing for present members and installations without a key package", async () => {
  const world = new World();
  const [phone, laptop] = [await world.actor(), await world.actor()];
  const atPhone = await groupOf(phone, laptop);
  const { epoch } = atPhone;
  const unknown = installationId("ab".repeat(32));

  expect(
    await atPhone.changeMembers({ add: [laptop.installation.id, unknown] }),
  ).toEqual({ added: [], removed: [], unavailable: [unknown] });
  expect(atPhone.epoch).toBe(epoch);
});
