import type { Clock } from "@history-sync/primitives";
import { expect, test } from "vitest";
import { MlsGroupError } from "../../src/index.js";
import { groupOf, heard, membership, sideOf, text, World } from "../actors.js";
import { ShownNode } from "../support/shown-node.js";

test("two installations commit in the same epoch: both changes are made, one after the other", async () => {
  const world = new World();
  const [phone, laptop, tablet, watch] = [
    await world.actor(),
    await world.actor(),
    await world.actor(),
    await world.actor(),
  ];
  const atPhone = await groupOf(phone, laptop);
  const atLaptop = sideOf(laptop, atPhone);
  await Promise.all([
    atPhone.changeMembers({ add: [tablet.installation.id] }),
    atLaptop.changeMembers({ add: [watch.installation.id] }),
  ]);
  await atPhone.sync();
  await atLaptop.sync();
  expect(atPhone.epoch).toBe(3n);
  expect(atLaptop.epoch).toBe(3n);
  expect(atPhone.members()).toEqual(atLaptop.members());
  expect(atPhone.members()).toHaveLength(4);

  await tablet.installation.syncWelcomes();
  await watch.installation.syncWelcomes();
  await atPhone.send(text("all here"));
  for (const actor of [laptop, tablet, watch]) {
    expect(await heard(sideOf(actor, atPhone))).toEqual(["all here"]);
  }
});

test("a message sent while another commits is read all the same", async () => {
  const world = new World();
  const [phone, laptop, tablet] = [
    await world.actor(),
    await world.actor(),
    await world.actor(),
  ];
  const atPhone = await groupOf(phone, laptop);
  const atLaptop = sideOf(laptop, atPhone);
  await Promise.all([
    atPhone.changeMembers({ add: [tablet.installation.id] }),
    atLaptop.send(text("in between")),
  ]);
  expect(await heard(atPhone)).toEqual(["in between"]);
  expect(await heard(atLaptop)).toEqual(["in between"]);
});

/** A laptop that always commits too late: whenever it does, the phone comes first. */
async function outrun(races: number) {
  const world = new World();
  const node = new ShownNode(world.node);
  const waits: number[] = [];
  const clock: Clock = {
    nowMs: () => world.clock.nowMs(),
    sleep: async (ms) => void waits.push(ms),
  };
  const phone = await world.actor({
    deliveryService: new ShownNode(world.node),
  });
  const laptop = await world.actor({ deliveryService: node, clock });
  const atPhone = await groupOf(phone, laptop);
  const atLaptop = sideOf(laptop, atPhone);
  for (let lost = 0; lost < races; lost++) {
    const before = node.beforeNextSend;
    const round = races - lost;
    node.beforeNextSend = async () => {
      await atPhone.changeMembers({ extensions: [membership(round)] });
      node.beforeNextSend = before;
    };
  }
  return { atPhone, atLaptop, waits };
}

test("a committer that loses race after race waits longer each time, and commits at last", async () => {
  const { atPhone, atLaptop, waits } = await outrun(4);
  await atLaptop.changeMembers({ extensions: [membership(99)] });
  expect(atLaptop.extensions).toEqual([membership(99)]);
  expect(atLaptop.epoch).toBe(6n);
  expect(waits).toHaveLength(3);
  for (const [i, wait] of waits.entries()) {
    expect(wait).toBeGreaterThanOrEqual(50 * 2 ** i);
    expect(wait).toBeLessThanOrEqual(100 * 2 ** i);
  }
  await atPhone.sync();
  expect(atPhone.epochAuthenticator).toEqual(atLaptop.epochAuthenticator);
});

test("after eight lost races the change is given up, and can be tried again", async () => {
  const { atPhone, atLaptop, waits } = await outrun(8);
  const change = { extensions: [membership(99)] };
  await expect(atLaptop.changeMembers(change)).rejects.toMatchObject({
    code: "commit-lost",
    retryable: true,
  });
  expect(waits).toHaveLength(6);
  expect(Math.max(...waits)).toBeLessThanOrEqual(1_000);
  await atLaptop.changeMembers(change);
  await atPhone.sync();
  expect(atPhone.extensions).toEqual([membership(99)]);
});

test("changeMembers fails at once when its caller gives the change up as lost", async () => {
  const { atLaptop, waits } = await outrun(0);
  let calls = 0;
  const stale = new MlsGroupError("commit-lost", "stale", { retryable: true });
  const extensions = () => {
    calls++;
    throw stale;
  };
  await expect(atLaptop.changeMembers({ extensions })).rejects.toBe(stale);
  expect(calls).toBe(1);
  expect(waits).toEqual([]);
});
