import { expect, test } from "vitest";
import { groupOf, heard, membership, sideOf, text, World } from "../actors.js";
import { ShownNode, spacing } from "../support/shown-node.js";

async function three() {
  const world = new World();
  const nodes = [0, 1, 2].map(() => new ShownNode(world.node));
  const [ofPhone, ofTablet, node] = nodes;
  if (!ofPhone || !ofTablet || !node) throw new RangeError("there are three");
  const phone = await world.actor({ deliveryService: ofPhone });
  const tablet = await world.actor({ deliveryService: ofTablet });
  const laptop = await world.actor({ deliveryService: node });
  const atPhone = await groupOf(phone, tablet, laptop);
  const atTablet = sideOf(tablet, atPhone);
  const atLaptop = sideOf(laptop, atPhone);
  return {
    ...{ world, node, ofTablet, phone, laptop },
    ...{ atPhone, atTablet, atLaptop },
  };
}

/** Shows the laptop the commit that lost in place of the one that won. */
async function forked() {
  const story = await three();
  const { node, ofTablet, atPhone, atTablet, atLaptop } = story;
  let claim = claimOf(atPhone);
  ofTablet.beforeNextSend = async () => {
    await atPhone.changeMembers({ extensions: [membership(1)] });
    claim = claimOf(atPhone);
  };
  await atTablet.changeMembers({ extensions: [membership(2)] });
  let isRestShown = false;
  node.show = ([joined, won, lost, ...rest]) => {
    if (!joined || !won || !lost) return [];
    const swapped = [
      { ...lost, id: won.id },
      { ...won, id: lost.id },
    ];
    return [joined, ...swapped, ...(isRestShown ? rest : [])];
  };
  await atLaptop.sync();
  expect(atLaptop.epoch).toBe(2n);
  expect(atLaptop.extensions).toEqual([membership(2)]);
  expect(atLaptop.fork).toBeUndefined();
  const showRest = async () => {
    isRestShown = true;
    await atLaptop.sync();
    await atPhone.sync();
    expect(atPhone.epoch).toBe(3n);
    expect(atTablet.epoch).toBe(3n);
    expect(atLaptop.epoch).toBe(2n);
  };
  return { ...story, claim, showRest };
}

test("a forked installation is detected and re-added, and none of its messages is lost", async () => {
  const { laptop, atPhone, atTablet, atLaptop, showRest } = await forked();
  await showRest();
  expect(atLaptop.fork).toMatchObject({
    epoch: 2n,
    reason: "unreadable-commit",
  });
  await atLaptop.send(text("from the fork"));
  await atLaptop.send(text("and another"));
  expect(await heard(atLaptop)).toEqual(["from the fork", "and another"]);
  await atPhone.send(text("can you read me?"));
  expect(await heard(atTablet)).toEqual(["can you read me?"]);
  expect(atPhone.fork).toBeUndefined();

  const readd = [laptop.installation.id];
  expect(await atPhone.changeMembers({ readd })).toEqual({
    added: readd,
    removed: readd,
    unavailable: [],
  });
  expect(await laptop.installation.syncWelcomes()).toEqual([atLaptop]);
  expect(atLaptop.fork).toBeUndefined();
  expect(atLaptop.extensions).toEqual(atPhone.extensions);
  expect(atLaptop.epochAuthenticator).toEqual(atPhone.epochAuthenticator);
  await atLaptop.sync();
  await atTablet.send(text("welcome back"));
  expect(await heard(atPhone)).toEqual([
    "can you read me?",
    "from the fork",
    "and another",
    "welcome back",
  ]);
  expect(await heard(atTablet)).toEqual(await heard(atPhone));
  expect(await heard(atLaptop)).toEqual([
    "from the fork",
    "and another",
    "welcome back",
  ]);
  expect(await laptop.store.outbox(atLaptop.id)).toEqual([]);
});

test("a fork outlives a restart", async () => {
  const { world, node, laptop, atLaptop, atPhone, showRest } = await forked();
  await showRest();
  await atLaptop.send(text("from the fork"));
  const again = await world.actor({
    store: laptop.store,
    deliveryService: node,
  });
  const group = sideOf(again, atPhone);
  expect(group.fork).toEqual(atLaptop.fork);
  await atPhone.changeMembers({ readd: [again.installation.id] });
  await again.installation.syncWelcomes();
  await group.sync();
  expect(await heard(atPhone)).toEqual(["from the fork"]);
});

test("a fork is found by the epochs that others are in", async () => {
  const { node, atPhone, atTablet, atLaptop } = await three();
  node.show = (entries) => entries.filter((_, i) => i !== 1);
  await atPhone.changeMembers({ extensions: [membership(1)] });
  for (const words of ["one", "two"]) await atPhone.send(text(words));
  await atLaptop.sync();
  expect(atLaptop.fork).toBeUndefined();
  await atTablet.send(text("three"));
  await atLaptop.sync();
  expect(atLaptop.fork).toMatchObject({ epoch: 1n, reason: "later-epochs" });
});

test("a fork is detected by another member's claim about its epoch", async () => {
  const { laptop, claim, atPhone, atLaptop } = await forked();
  expect(await atPhone.compareEpoch(claimOf(atPhone))).toBe("same");
  expect(await atLaptop.compareEpoch({ ...claim, epoch: 1n })).toBe("behind");
  expect(await atLaptop.compareEpoch({ ...claim, epoch: 3n })).toBe("ahead");
  expect(atLaptop.fork).toBeUndefined();
  expect(await atLaptop.compareEpoch(claim)).toBe("different");
  expect(atLaptop.fork).toMatchObject({
    epoch: 2n,
    reason: "epoch-authenticator",
  });
  expect((await laptop.store.group(atLaptop.id))?.fork).toEqual(atLaptop.fork);
});

test("garbage raises a suspicion that the next epoch refutes", async () => {
  const { world, laptop, atPhone, atTablet, atLaptop } = await three();
  await atPhone.changeMembers({ extensions: [membership(1)] });
  await atLaptop.sync();
  const topic = { kind: "group", groupId: atPhone.id } as const;
  const commit = (await world.node.query(topic, 0n)).entries.at(-1);
  const fake = commit?.data.slice() ?? new Uint8Array();
  fake[28] = 2; // the epoch's last byte
  for (let i = 0; i < 50; i++) {
    fake[fake.length - 1] = i;
    await world.node.sendGroupMessage(atPhone.id, fake);
  }
  await atLaptop.send(text("anybody?"));
  expect(atLaptop.fork).toMatchObject({
    epoch: 2n,
    reason: "unreadable-commit",
  });
  expect(await laptop.store.outbox(atLaptop.id)).toHaveLength(1);
  expect(await heard(atTablet)).toEqual(["anybody?"]);
  await atTablet.send(text("here"));
  await atPhone.send(text("here too"));
  await atTablet.send(text("and here"));
  expect(await heard(atLaptop)).toEqual([
    "anybody?",
    "here",
    "here too",
    "and here",
  ]);
  expect(atLaptop.fork).toBeUndefined();
  expect(await laptop.store.outbox(atLaptop.id)).toEqual([]);
});

test("a sound installation loses nothing when it is re-added", async () => {
  const { laptop, atPhone, atLaptop } = await three();
  await atPhone.send(text("before"));
  await atPhone.changeMembers({ readd: [laptop.installation.id] });
  await atPhone.send(text("after"));
  expect(await laptop.installation.syncWelcomes()).toEqual([atLaptop]);
  expect(await heard(atLaptop)).toEqual(["before", "after"]);
  await atLaptop.send(text("mine"));
  expect(await heard(atPhone)).toEqual(["before", "after", "mine"]);
});

test("a member without a usable key package stays as it is when it is re-added", async () => {
  const { world, laptop, atPhone } = await three();
  const { id } = laptop.installation;
  await world.node.uploadKeyPackage(id, Uint8Array.of(1));
  expect(await atPhone.changeMembers({ readd: [id] })).toEqual({
    added: [],
    removed: [],
    unavailable: [id],
  });
  expect(atPhone.members()).toHaveLength(3);
});

test("an old Welcome that comes again changes nothing", async () => {
  const { world, phone, laptop, atPhone, atLaptop } = await three();
  const { id } = laptop.installation;
  await atPhone.changeMembers({ remove: [id] });
  await atLaptop.sync();
  expect(atLaptop.active).toBe(false);
  const topic = { kind: "welcomes", installationId: id } as const;
  const [old] = (await world.node.query(topic, 0n)).entries;
  const query = world.node.query.bind(world.node);
  world.node.query = async (asked, afterId) =>
    asked.kind === "welcomes" && old
      ? { entries: [{ ...old, id: 10n ** 6n }], more: false }
      : query(asked, afterId);
  expect(await laptop.installation.syncWelcomes()).toEqual([]);
  expect(laptop.installation.welcomeCursor).toBe(10n ** 6n * spacing);
  expect(atLaptop.active).toBe(false);
  expect(phone.installation.groups()).toHaveLength(1);
});

function claimOf({
  epoch,
  epochAuthenticator: authenticator,
}: {
  readonly epoch: bigint;
  readonly epochAuthenticator: Uint8Array;
}) {
  return { epoch, authenticator };
}
