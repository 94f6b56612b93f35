import { expect, test } from "vitest";
import { dyingAt } from "../support/faulty-store.js";
import {
  back,
  entriesOf,
  fork,
  groupOf,
  type Member,
  oneshotsAt,
  sync,
} from "./forked-group.js";
import { minuteMs, World } from "./world.js";

// More writes than a start and what it does about a fork come to: the last run doesn't die.
const maxWrites = 60;
const stride = process.env.SLOW === "1" ? 1 : 2;

test("a forked installation that crashes at any write requests one re-add and is re-added once", async () => {
  await using world = await World.open();
  const [alix, bo, caro] = await groupOf(world, "alix", "bo", "caro");
  await caro.client.close();
  let asked = 0;
  await atEachWrite(async (write) => {
    await fork(world, [alix, bo], caro);
    const before = await countOf(world, alix);
    const faulty = dyingAt(write, caro.store);
    await run(world, { ...caro, store: faulty.store });
    const healed = await back(world, caro);
    await sync(world, healed, alix, healed);
    expect(await healed.conversation.debugInfo()).toMatchObject({
      maybeForked: false,
    });
    asked += 1;
    expect((await oneshotsAt(alix)).ever).toBe(asked);
    expect(await countOf(world, alix)).toBe(before + 1);
    await healed.client.close();
    world.clock.advance(120 * minuteMs);
    return faulty.died();
  });
});

test("a super admin that crashes at any write re-adds an installation once", async () => {
  await using world = await World.open();
  const [alix, bo, caro] = await groupOf(world, "alix", "bo", "caro");
  let running = alix;
  await atEachWrite(async (write) => {
    await fork(world, [running, bo], caro);
    await sync(world, caro);
    await running.client.close();
    const before = await countOf(world, alix);
    const faulty = dyingAt(write, alix.store);
    await run(world, { ...alix, store: faulty.store });
    running = await back(world, alix);
    await sync(world, running, caro);
    expect(await caro.conversation.debugInfo()).toMatchObject({
      maybeForked: false,
    });
    expect((await oneshotsAt(running)).now).toBe(0);
    expect(await countOf(world, alix)).toBe(before + 1);
    world.clock.advance(120 * minuteMs);
    return faulty.died();
  });
});

/** Until a run doesn't die. */
async function atEachWrite(
  story: (write: number) => Promise<boolean>,
): Promise<void> {
  for (let write = 1; write <= maxWrites; write += stride) {
    if (!(await story(write))) return;
  }
  throw new TypeError(
    `expected a run that doesn't die within ${maxWrites} writes`,
  );
}

/** Starts, syncs and ends, as far as it gets. */
async function run(
  world: World,
  member: Omit<Member, "client">,
): Promise<void> {
  const started = await back(world, member).catch(() => undefined);
  await started?.client.conversations.syncAll().catch(() => undefined);
  await started?.client.settled();
  await started?.client.close();
}

async function countOf(
  world: World,
  { conversation: { id } }: Member,
): Promise<number> {
  return (await entriesOf(world, id)).length;
}
