import { encodeText } from "@history-sync/client";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Actor } from "../src/actor.ts";
import type { Ours } from "../src/ours.ts";
import { World } from "../src/world.ts";
import { expectMembers, expectTexts } from "./support/agreement.ts";

// One story, told in order, of a group that ours and libxmtp change at the same time.
let world: World;
let alix: Ours;
let bo: Actor;
let group: string;

beforeAll(async () => {
  world = await World.start();
  alix = await world.ours("alix");
  bo = await world.libxmtp("bo");
  const made = await alix.client.conversations.newGroup([bo.inboxId], {
    groupName: "crowd",
  });
  group = made.id;
  await bo.do("syncAll");
});

afterAll(() => world.close());

test("when both commit in one epoch, both changes come to pass", async () => {
  const usersOfOurs = [alix];
  const usersOfLibxmtp = [bo];
  const conversation = await alix.conversation(group);
  for (const round of ["first", "second", "third"]) {
    const ofOurs = await world.ours(`${round}-of-ours`);
    const ofLibxmtp = await world.libxmtp(`${round}-of-libxmtp`);
    await Promise.all([
      conversation.addMembers([ofLibxmtp.inboxId]),
      bo.do("addMembers", { group, members: [ofOurs.inboxId] }),
      conversation.updateName(`${round} crowd`),
    ]);
    usersOfOurs.push(ofOurs);
    usersOfLibxmtp.push(ofLibxmtp);
    const all = [...usersOfOurs, ...usersOfLibxmtp];
    await expectMembers(group, all, all);
    expect((await bo.conversation(group))?.name).toBe(`${round} crowd`);
  }
  const epoch = (await bo.conversation(group))?.debug.epoch;
  for (const user of usersOfLibxmtp) {
    const { debug } = (await user.conversation(group)) ?? {};
    expect(debug).toMatchObject({ epoch, maybeForked: false });
  }
});

test("what both send at the same time, both have", async () => {
  const said = ["a1", "b1", "a2", "b2", "a3", "b3"];
  await Promise.all(
    said.map((text) =>
      (text.startsWith("a") ? alix : bo).sendText(group, text),
    ),
  );
  await expect
    .poll(async () => (await alix.texts(group)).toSorted())
    .toEqual(said.toSorted());
  await expectTexts(group, [alix, bo], await alix.texts(group));
});

test("ours goes on after a restart where it was", async () => {
  const before = await alix.texts(group);
  const conversation = await alix.conversation(group);
  await conversation.sendOptimistic(encodeText("kept"));
  await alix.close();
  const late = await world.libxmtp("late");
  await bo.sendText(group, "while alix is away");
  await bo.do("addMembers", { group, members: [late.inboxId] });
  await bo.sendText(group, "still away");
  await alix.open();
  const texts = [...before, "while alix is away", "still away", "kept"];
  await expectTexts(group, [alix, bo], texts);
  expect(await late.texts(group)).toEqual(["still away", "kept"]);
});
