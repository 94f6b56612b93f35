import { expect, test } from "vitest";
import type { DeliveryService, GroupMessageOptions } from "../../src/index.js";
import type { DeliveryCall } from "../../src/memory/index.js";
import { type Actor, groupOf, heard, sideOf, text, World } from "../actors.js";

const calls: readonly DeliveryCall[] = [
  "sendGroupMessage",
  "sendWelcomes",
  "query",
];
const faults = ["refused", "answer-lost"] as const;
const crashes = calls.flatMap((call) =>
  faults.map((fault) => ({ call, fault })),
);

/** From the first such call on, the node is out of the actor's reach. */
function crashAt(
  world: World,
  call: DeliveryCall,
  fault: (typeof faults)[number],
): void {
  let crashed = false;
  world.node.fault = (made) => {
    if (crashed) return "refused";
    crashed = made === call;
    return crashed ? fault : undefined;
  };
}

/** The same installation after a crash: new objects on the same store. */
async function restarted(world: World, { store }: Actor): Promise<Actor> {
  world.node.fault = () => undefined;
  return world.actor({ store });
}

test.each(crashes)(
  "a restart when $call is $fault: the commit counts once, and the tablet is in",
  async ({ call, fault }) => {
    const world = new World();
    const [phone, laptop, tablet] = [
      await world.actor(),
      await world.actor(),
      await world.actor(),
    ];
    const { id } = await groupOf(phone, laptop);
    const add = [tablet.installation.id];
    crashAt(world, call, fault);
    await expect(
      phone.installation.group(id)?.changeMembers({ add }),
    ).rejects.toMatchObject({ code: "delivery-failed", retryable: true });

    const phoneAgain = await restarted(world, phone);
    const group = phoneAgain.installation.group(id);
    expect(group?.members()).toHaveLength(call === "query" ? 2 : 3);
    await group?.changeMembers({ add });
    expect(group?.epoch).toBe(2n);
    expect(await tablet.installation.syncWelcomes()).toHaveLength(1);
    await tablet.installation.group(id)?.send(text("I am in"));
    const atLaptop = laptop.installation.group(id);
    expect(atLaptop && (await heard(atLaptop))).toEqual(["I am in"]);
    expect(group && (await heard(group))).toEqual(["I am in"]);
  },
);

test("a restart between commit and its return: nothing of it counts before it is back", async () => {
  const world = new World();
  const [phone, laptop] = [await world.actor(), await world.actor()];
  const atPhone = await groupOf(phone, laptop);
  crashAt(world, "sendGroupMessage", "answer-lost");
  const remove = [laptop.installation.id];
  await expect(atPhone.changeMembers({ remove })).rejects.toMatchObject({
    code: "delivery-failed",
  });
  const stored = await phone.store.group(atPhone.id);
  expect(stored?.epoch).toBe(1n);
  expect(stored?.pending?.epoch).toBe(1n);

  const phoneAgain = await restarted(world, phone);
  const group = sideOf(phoneAgain, atPhone);
  expect(group.epoch).toBe(2n);
  expect(group.members()).toHaveLength(1);
});

test.each([
  { call: "sendGroupMessage", fault: "refused" },
  { call: "sendGroupMessage", fault: "answer-lost" },
] as const)(
  "a restart when sending is $fault: the message arrives exactly once",
  async ({ call, fault }) => {
    const world = new World();
    const [phone, laptop] = [await world.actor(), await world.actor()];
    const atPhone = await groupOf(phone, laptop);
    crashAt(world, call, fault);
    await expect(atPhone.send(text("once"), { id: "m" })).rejects.toMatchObject(
      { code: "delivery-failed" },
    );
    expect(await phone.store.outbox(atPhone.id)).toHaveLength(1);

    const group = sideOf(await restarted(world, phone), atPhone);
    await group.sync();
    await group.sync();
    expect(await heard(sideOf(laptop, atPhone))).toEqual(["once"]);
    expect(await heard(group)).toEqual(["once"]);
    expect(await phone.store.outbox(atPhone.id)).toEqual([]);
  },
);

test.each([true, false])(
  "a pending message keeps shouldPush after a restart and when it is encrypted again: %s",
  async (shouldPush) => {
    const world = new World();
    const [phone, laptop, tablet] = [
      await world.actor(),
      await world.actor(),
      await world.actor(),
    ];
    const atPhone = await groupOf(phone, laptop);
    crashAt(world, "sendGroupMessage", "refused");
    await expect(
      atPhone.send(text("late"), { id: "m", shouldPush }),
    ).rejects.toMatchObject({ code: "delivery-failed" });
    world.node.fault = () => undefined;
    const add = [tablet.installation.id];
    const atLaptop = sideOf(laptop, atPhone);
    await atLaptop.changeMembers({ add });
    for (let i = 0; i < 3; i++) {
      await atLaptop.changeMembers({ readd: add });
    }

    const pushed: (boolean | undefined)[] = [];
    const deliveryService = listening(world.node, (options) =>
      pushed.push(options?.shouldPush),
    );
    const { store } = phone;
    const again = await world.actor({ store, deliveryService });
    await sideOf(again, atPhone).sync();
    expect(await heard(atLaptop)).toEqual(["late"]);
    expect(pushed).toEqual([shouldPush]);
  },
);

test("commits, and messages without shouldPush, are not pushed", async () => {
  const world = new World();
  const pushed: (boolean | undefined)[] = [];
  const deliveryService = listening(world.node, (options) =>
    pushed.push(options?.shouldPush),
  );
  const phone = await world.actor({ deliveryService });
  const group = await groupOf(phone, await world.actor());
  await group.send(text("quietly"));
  expect(pushed).toEqual([false, false]);
});

/** The node, with what goes to groups told of. */
function listening(
  node: DeliveryService,
  tell: (options: GroupMessageOptions | undefined) => void,
): DeliveryService {
  return new Proxy(node, {
    get(target, name) {
      if (name !== "sendGroupMessage") {
        return Reflect.get(target, name, target).bind(target);
      }
      const send: DeliveryService["sendGroupMessage"] = (id, data, options) => {
        tell(options);
        return target.sendGroupMessage(id, data, options);
      };
      return send;
    },
  });
}

test("an unsent message outlives many epochs: it is encrypted again", async () => {
  const world = new World();
  const [phone, laptop, tablet] = [
    await world.actor(),
    await world.actor(),
    await world.actor(),
  ];
  const atPhone = await groupOf(phone, laptop);
  crashAt(world, "sendGroupMessage", "refused");
  await expect(atPhone.send(text("late"))).rejects.toMatchObject({
    code: "delivery-failed",
  });
  world.node.fault = () => undefined;
  const atLaptop = sideOf(laptop, atPhone);
  for (let i = 0; i < 3; i++) {
    await atLaptop.changeMembers({ add: [tablet.installation.id] });
    await atLaptop.changeMembers({ remove: [tablet.installation.id] });
  }

  const group = sideOf(await restarted(world, phone), atPhone);
  expect(group.epoch).toBe(7n);
  expect(await heard(atLaptop)).toEqual(["late"]);
  expect(await heard(group)).toEqual(["late"]);
});

test("nothing is lost when the node is out of reach at the start", async () => {
  const world = new World();
  const [phone, laptop] = [await world.actor(), await world.actor()];
  const atPhone = await groupOf(phone, laptop);
  await atPhone.send(text("while you were away"));
  world.node.fault = () => "refused";
  const laptopAgain = await world.actor({ store: laptop.store });
  world.node.fault = () => undefined;
  expect(await heard(sideOf(laptopAgain, atPhone))).toEqual([
    "while you were away",
  ]);
});

test("a store with a group of a later release doesn't open, and stays as it is", async () => {
  const world = new World();
  const phone = await world.actor();
  const { id } = await groupOf(phone, await world.actor());
  const group = await phone.store.group(id);
  if (!group) throw new RangeError("expected the group");
  const later = { ...group, state: { ...group.state, version: 99 } };
  await phone.store.commit({ groups: [later] });
  await expect(world.actor({ store: phone.store })).rejects.toThrow(
    /^\[unsupported-state\] .* version 99$/,
  );
  expect(await phone.store.group(id)).toEqual(later);
});
