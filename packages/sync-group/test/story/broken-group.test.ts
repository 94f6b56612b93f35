import type { InboxId, InstallationId } from "@history-sync/primitives";
import { expect, test } from "vitest";
import { replacementCoolDownMs } from "../../src/groups/primary-group.js";
import { type Actor, heard, request, together, World } from "../actors.js";

/** The logs lose what they were before: no commit in an older group can be judged any more. */
function loseEarlierLogs({ installations }: World): void {
  const { installationsAt } = installations;
  installations.installationsAt = async (
    inbox: InboxId,
    at: bigint,
  ): Promise<readonly InstallationId[] | undefined> => {
    const now = await installations.installations(inbox);
    return at < now.sequenceId
      ? undefined
      : installationsAt.call(installations, inbox, at);
  };
}

async function brokenWorld(): Promise<{
  readonly world: World;
  readonly actors: readonly Actor[];
}> {
  const world = new World();
  const pair = await together(world, 2);
  const tablet = await world.installation();
  loseEarlierLogs(world);
  return { world, actors: [...pair, tablet] };
}

test("a group that can't be mended is replaced by one for all installations", async () => {
  const { world, actors } = await brokenWorld();
  const [phone, laptop, tablet] = actors;
  if (!phone || !laptop || !tablet) throw new RangeError("three are there");
  world.clock.advance(replacementCoolDownMs);
  await phone.groups.send(request("1"));

  expect(await phone.store.groups()).toHaveLength(2);
  for (const { groups } of [laptop, tablet]) {
    expect(await heard(groups)).toEqual(["1"]);
  }
  await laptop.groups.send(request("2"));
  expect(await heard(tablet.groups)).toEqual(["1", "2"]);
  expect(await laptop.store.groups()).toHaveLength(2);
});

test("concurrent calls that find the group broken create one group, and all messages are sent", async () => {
  const { world, actors } = await brokenWorld();
  const [phone, laptop] = actors;
  world.clock.advance(replacementCoolDownMs);
  await Promise.all(
    ["1", "2", "3"].map((pin) => phone?.groups.send(request(pin))),
  );
  expect(await phone?.store.groups()).toHaveLength(2);
  expect(laptop && (await heard(laptop.groups)).toSorted()).toEqual([
    "1",
    "2",
    "3",
  ]);
});

test("a young group isn't replaced: what was to be said waits", async () => {
  const { world, actors } = await brokenWorld();
  const [phone, laptop] = actors;
  for (let i = 0; i < 3; i++) {
    await expect(phone?.groups.send(request("1"))).rejects.toMatchObject({
      code: "broken-group",
      retryable: true,
    });
  }
  expect(await phone?.store.groups()).toHaveLength(1);
  world.clock.advance(replacementCoolDownMs);
  await phone?.groups.send(request("1"));
  expect(laptop && (await heard(laptop.groups))).toEqual(["1"]);
});
