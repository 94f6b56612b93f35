import { expect, test } from "vitest";
import type { Delivered } from "../../src/index.js";
import { groupOf, heard, membership, sideOf, text, World } from "../actors.js";
import { ShownNode, spacing } from "../support/shown-node.js";

async function pair() {
  const world = new World();
  const node = new ShownNode(world.node);
  const never = { keyUpdateIntervalMs: Number.POSITIVE_INFINITY };
  const phone = await world.actor({
    ...never,
    deliveryService: new ShownNode(world.node),
  });
  const laptop = await world.actor({ ...never, deliveryService: node });
  const atPhone = await groupOf(phone, laptop);
  return { node, laptop, atPhone, atLaptop: sideOf(laptop, atPhone) };
}

const never = (): never => {
  throw new RangeError("expected all entries to be there");
};

test("messages of the last three epochs are read once each, in whatever order they come", async () => {
  const { node, atPhone, atLaptop } = await pair();
  for (const epoch of [1, 2, 3]) {
    await atPhone.send(text(`a${epoch}`));
    await atPhone.send(text(`b${epoch}`));
    await atPhone.changeMembers({ extensions: [membership(epoch)] });
  }
  await atPhone.send(text("now"));
  node.show = (entries) => {
    // The joining, then two messages and a commit three times, then a message.
    const [joined, a1, b1, c1, a2, b2, c2, a3, b3, c3, now] = entries;
    const all = [joined, c1, c2, b3, b1, a2, b1, c3, a3, now, b2, a2, a1, now];
    const first = joined?.id ?? 0n;
    return all.map((entry, i) => ({
      ...(entry ?? never()),
      id: first + BigInt(i),
    }));
  };
  await atLaptop.sync();
  expect(atLaptop.epoch).toBe(4n);
  expect(await heard(atLaptop)).toEqual([
    "b3",
    "b1",
    "a2",
    "a3",
    "now",
    "b2",
    // Of the oldest epoch whose keys are left.
    "a1",
  ]);
});

test("a message of the fourth epoch before is too old", async () => {
  const { node, atPhone, atLaptop } = await pair();
  await atPhone.send(text("too old"));
  for (const epoch of [1, 2, 3, 4]) {
    await atPhone.changeMembers({ extensions: [membership(epoch)] });
  }
  await atPhone.send(text("now"));
  node.show = ([joined, old, ...rest]) => {
    const last = rest.at(-1)?.id ?? 0n;
    const late = { ...(old ?? never()), id: last + 1n };
    return [joined ?? never(), ...rest, late];
  };
  expect(await heard(atLaptop)).toEqual(["now"]);
});

test("a node that replays everything is heard once", async () => {
  const { node, atPhone, atLaptop } = await pair();
  await atPhone.send(text("one"));
  await atLaptop.send(text("mine"));
  await atPhone.changeMembers({ extensions: [membership(1)] });
  await atLaptop.changeMembers({ extensions: [membership(2)] });
  await atPhone.send(text("two"));
  expect(await heard(atLaptop)).toEqual(["one", "mine", "two"]);
  const before = atLaptop.epochAuthenticator;
  node.show = (entries) => {
    const last = entries.at(-1)?.id ?? 0n;
    const again: Delivered[] = [...entries, ...entries].map((entry, i) => ({
      ...entry,
      id: last + BigInt(i + 1),
    }));
    return [...entries, ...again];
  };
  expect(await heard(atLaptop)).toEqual(["one", "mine", "two"]);
  expect(atLaptop.epochAuthenticator).toEqual(before);
  expect(atLaptop.cursor % spacing).toBeGreaterThan(0n);
});

test("own messages that come back late and twice are received once", async () => {
  const { node, laptop, atPhone, atLaptop } = await pair();
  const hidden = node.show;
  node.show = (entries) => entries.slice(0, 1);
  await atLaptop.send(text("mine"));
  expect(await laptop.store.outbox(atLaptop.id)).toHaveLength(1);
  node.show = hidden;
  await atPhone.changeMembers({ extensions: [membership(1)] });
  await atLaptop.sync();
  await atLaptop.sync();
  expect(await heard(atLaptop)).toEqual(["mine"]);
  expect(await heard(atPhone)).toEqual(["mine"]);
  expect(await laptop.store.outbox(atLaptop.id)).toEqual([]);
});

test.each([3, 4])(
  "an own message that comes back %i epochs late is received once",
  async (late) => {
    const { node, atPhone, atLaptop } = await pair();
    node.beforeNextSend = async () => {
      for (let i = 1; i <= late; i++) {
        await atPhone.changeMembers({ extensions: [membership(i)] });
      }
    };
    await atLaptop.send(text("late"));
    expect(await heard(atPhone)).toEqual(["late"]);
    expect(await heard(atLaptop)).toEqual(["late"]);
  },
);
