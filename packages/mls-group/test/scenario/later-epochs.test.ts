import type { GroupId } from "@history-sync/primitives";
import { concatBytes, idBytes } from "@history-sync/primitives";
import { expect, test } from "vitest";
import {
  type Actor,
  groupOf,
  heard,
  membership,
  sideOf,
  text,
  World,
} from "../actors.js";
import { ShownNode, spacing } from "../support/shown-node.js";

async function pair() {
  const world = new World();
  const node = new ShownNode(world.node);
  const events: Record<string, unknown>[] = [];
  const phone = await world.actor({
    deliveryService: new ShownNode(world.node),
  });
  const laptop = await world.actor({
    deliveryService: node,
    log: (event, fields) => void events.push({ event, ...fields }),
  });
  const atPhone = await groupOf(phone, laptop);
  const atLaptop = sideOf(laptop, atPhone);
  return { world, node, events, laptop, atPhone, atLaptop };
}

/** A header of the group's messages with nothing readable after it. */
function garbage(groupId: GroupId, epoch: bigint, seed: number): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, epoch);
  return concatBytes(
    Uint8Array.of(0, 1, 0, 2, 16),
    idBytes(groupId),
    bytes,
    Uint8Array.of(1, 0, 1, seed >> 8, 1, seed & 0xff),
  );
}

test("messages of a later epoch wait for its commit, through a restart", async () => {
  const { world, node, laptop, atPhone } = await pair();
  await atPhone.changeMembers({ extensions: [membership(1)] });
  await atPhone.send(text("one"));
  await atPhone.changeMembers({ extensions: [membership(2)] });
  await atPhone.send(text("two"));
  let isCommitThere = false;
  node.show = (entries) => {
    const [joined, first, one, second, two, ...later] = entries;
    if (!joined || !first || !one || !second || !two) return entries;
    const early = [joined, one, second, two];
    const at = { ...first, id: two.id + spacing / 2n };
    return isCommitThere ? [...early, at, ...later] : early;
  };
  const again = (actor: Actor) =>
    world.actor({ store: actor.store, deliveryService: node });
  const before = sideOf(await again(laptop), atPhone);
  expect(await heard(before)).toEqual([]);
  expect(before.epoch).toBe(1n);
  expect(await laptop.store.held(atPhone.id)).toHaveLength(3);

  isCommitThere = true;
  const after = sideOf(await again(laptop), atPhone);
  expect(await heard(after)).toEqual(["one", "two"]);
  expect(after.epoch).toBe(3n);
  expect(await laptop.store.held(atPhone.id)).toEqual([]);
  await after.send(text("and you?"));
  expect(await heard(atPhone)).toContain("and you?");
});

test("a flood of later epochs is bounded, and the group loses nothing", async () => {
  const { world, events, laptop, atPhone, atLaptop } = await pair();
  const { id } = atPhone;
  for (let i = 0; i < 300; i++) {
    await world.node.sendGroupMessage(id, garbage(id, 2n ** 40n, i));
  }
  await atPhone.changeMembers({ extensions: [membership(1)] });
  await atPhone.send(text("still here"));
  expect(await heard(atLaptop)).toEqual(["still here"]);
  const held = await laptop.store.held(id);
  expect(held).toHaveLength(256);
  const dropped = events.filter(({ event }) => event === "group.held-dropped");
  expect(dropped).toHaveLength(44);
  await world.actor({ store: laptop.store });
  expect(await laptop.store.held(id)).toEqual(held);
});

test("large ones are bounded by their bytes", async () => {
  const { world, laptop, atPhone, atLaptop } = await pair();
  const { id } = atPhone;
  const mebibyte = new Uint8Array(1024 * 1024);
  for (let i = 0; i < 5; i++) {
    const data = concatBytes(garbage(id, 9n, i), mebibyte);
    await world.node.sendGroupMessage(id, data);
  }
  const tooLarge = concatBytes(garbage(id, 9n, 5), new Uint8Array(2 ** 22));
  await world.node.sendGroupMessage(id, tooLarge);
  await atLaptop.sync();
  expect(await laptop.store.held(id)).toHaveLength(3);
});

test("an epoch that no group reaches isn't held", async () => {
  const { world, laptop, atPhone, atLaptop } = await pair();
  const { id } = atPhone;
  await world.node.sendGroupMessage(id, garbage(id, 2n ** 63n, 0));
  const other = garbage(id, 9n, 0);
  other[10] = (other[10] ?? 0) ^ 1;
  await world.node.sendGroupMessage(id, other);
  await atLaptop.sync();
  expect(await laptop.store.held(id)).toEqual([]);
});

test("a broken held entry is skipped once its epoch comes", async () => {
  const { world, laptop, atPhone, atLaptop } = await pair();
  const { id } = atPhone;
  await world.node.sendGroupMessage(id, garbage(id, 2n, 0));
  await atLaptop.sync();
  expect(await laptop.store.held(id)).toHaveLength(1);
  await atPhone.changeMembers({ extensions: [membership(1)] });
  await atPhone.send(text("hello"));
  expect(await heard(atLaptop)).toEqual(["hello"]);
  expect(await laptop.store.held(id)).toEqual([]);
});
