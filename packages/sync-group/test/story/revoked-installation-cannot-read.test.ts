import { expect, test } from "vitest";
import { alix, heard, reply, request, together, World } from "../actors.js";

test("t09: before the next secret a revoked tablet is removed, and can't read it", async () => {
  const world = new World();
  const [phone, laptop, tablet] = await together(world, 3);
  if (!phone || !laptop || !tablet) throw new RangeError("three are together");
  await laptop.groups.send(request("1"));
  expect(await heard(tablet.groups)).toEqual(["1"]);

  world.installations.revoke(alix, tablet.groups.installationId);
  await phone.groups.send(reply("1"));

  expect(await heard(tablet.groups)).toEqual(["1"]);
  expect(await heard(laptop.groups)).toEqual(["1", "re: 1"]);
  await expect(tablet.groups.send(request("2"))).rejects.toMatchObject({
    code: "no-sync-group",
  });
  await expect(tablet.groups.ensure()).rejects.toMatchObject({
    code: "not-in-inbox",
  });
});

test("a laptop that was away follows the tablet's coming and going", async () => {
  const world = new World();
  const [phone, laptop] = await together(world, 2);
  if (!phone || !laptop) throw new RangeError("two are together");
  const tablet = await world.installation();
  await phone.groups.refreshMembers();
  await tablet.groups.ensure();
  await tablet.groups.send(request("from tablet"));
  world.installations.revoke(alix, tablet.groups.installationId);
  expect((await phone.groups.refreshMembers()).removed).toEqual([
    tablet.groups.installationId,
  ]);
  await phone.groups.send(request("from phone"));

  expect(await heard(laptop.groups)).toEqual(["from tablet", "from phone"]);
});

test("a source that is older than the group's state prevents sending", async () => {
  const world = new World();
  const [phone] = await together(world, 2);
  const late = await world.installations.installations(alix);
  const tablet = await world.installation();
  await phone?.groups.refreshMembers();
  await tablet.groups.ensure();
  world.installations.installations = async () => ({
    ...late,
    installations: [...late.installations, tablet.groups.installationId],
  });
  await expect(phone?.groups.send(reply("1"))).rejects.toMatchObject({
    code: "stale-installations",
    retryable: true,
  });
});
