import { expect, test } from "vitest";
import { groupOf, heard, sideOf, text, World } from "../actors.js";

test("a group with a member that can't be authenticated isn't joined", async () => {
  const world = new World();
  const [phone, stranger] = [await world.actor(), await world.actor()];
  const events: string[] = [];
  const laptop = await world.actor({
    authentication: { validate: async () => false },
    log: (event, fields) => events.push(`${event} ${fields?.code}`),
  });
  await groupOf(phone, stranger, laptop);
  expect(laptop.installation.groups()).toEqual([]);
  expect(events).toContain("welcome.skipped invalid-welcome");
});

test("an installation that can't be authenticated isn't added", async () => {
  const world = new World();
  const stranger = await world.actor();
  const phone = await world.actor({
    authentication: { validate: async () => false },
  });
  const group = await phone.installation.createGroup({ extensions: [] });
  const { unavailable } = await group.changeMembers({
    add: [stranger.installation.id],
  });
  expect(unavailable).toEqual([stranger.installation.id]);
});

test("a commit stays pending when the authentication service fails", async () => {
  const world = new World();
  let isReachable = true;
  const authentication = {
    validate: async () => {
      if (isReachable) return true;
      throw new DOMException("unreachable", "NetworkError");
    },
  };
  const [phone, laptop, tablet] = [
    await world.actor(),
    await world.actor({ authentication }),
    await world.actor(),
  ];
  const atPhone = await groupOf(phone, laptop);
  const atLaptop = sideOf(laptop, atPhone);
  isReachable = false;
  await atPhone.changeMembers({ add: [tablet.installation.id] });
  await atPhone.send(text("all three?"));
  await expect(atLaptop.sync()).rejects.toMatchObject({
    code: "authentication-failed",
    retryable: true,
  });
  isReachable = true;
  expect(await heard(atLaptop)).toEqual(["all three?"]);
  expect(atLaptop.members()).toHaveLength(3);
});
