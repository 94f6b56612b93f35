import { expect, test } from "vitest";
import { MlsGroupError } from "../../src/index.js";
import {
  everybody,
  groupOf,
  heard,
  membership,
  sideOf,
  text,
  World,
} from "../actors.js";
import { ShownNode } from "../support/shown-node.js";

const forbidden = 13;

/** Keeps to a rule that the phone doesn't know: no extension of a single 13. */
const strict = {
  ...everybody,
  reviewCommit: async ({
    nextExtensions,
  }: {
    readonly nextExtensions: readonly { readonly data: Uint8Array }[];
  }) => {
    if (nextExtensions.every(({ data }) => data[0] !== forbidden)) return;
    throw new MlsGroupError("refused-commit", "expected another extension");
  },
};

async function three() {
  const world = new World();
  const node = new ShownNode(world.node);
  const phone = await world.actor({
    deliveryService: new ShownNode(world.node),
  });
  const tablet = await world.actor({
    authentication: strict,
    deliveryService: new ShownNode(world.node),
  });
  const laptop = await world.actor({
    authentication: strict,
    deliveryService: node,
  });
  const atPhone = await groupOf(phone, tablet, laptop);
  const atTablet = sideOf(tablet, atPhone);
  const atLaptop = sideOf(laptop, atPhone);
  return { node, phone, laptop, atPhone, atTablet, atLaptop };
}

test("a commit that all others refuse leads nowhere; a good one of the same epoch does", async () => {
  const { phone, atPhone, atTablet, atLaptop } = await three();
  await atPhone.changeMembers({ extensions: [membership(forbidden)] });
  await atLaptop.sync();
  expect(atLaptop.epoch).toBe(1n);
  await atTablet.changeMembers({ extensions: [membership(1)] });
  await atTablet.send(text("we go on"));
  expect(await heard(atLaptop)).toEqual(["we go on"]);
  expect(atLaptop.extensions).toEqual([membership(1)]);
  expect(atLaptop.fork).toBeUndefined();

  // The member that broke the rule is alone, finds out, and is added again.
  await atPhone.sync();
  expect(atPhone.epoch).toBe(2n);
  await atTablet.changeMembers({ extensions: [membership(2)] });
  await atPhone.sync();
  expect(atPhone.fork).toBeDefined();
  await atLaptop.changeMembers({ readd: [phone.installation.id] });
  expect(await phone.installation.syncWelcomes()).toEqual([atPhone]);
  await atPhone.send(text("sorry"));
  expect(await heard(atTablet)).toEqual(["we go on", "sorry"]);
});

test("a pending own commit survives another member's refused commit", async () => {
  const { node, laptop, atPhone, atLaptop, atTablet } = await three();
  node.beforeNextSend = () =>
    atPhone.changeMembers({ extensions: [membership(forbidden)] });
  await atLaptop.changeMembers({ extensions: [membership(1)] });
  expect(atLaptop.epoch).toBe(2n);
  expect(atLaptop.extensions).toEqual([membership(1)]);
  expect((await laptop.store.group(atLaptop.id))?.pending).toBeUndefined();
  await atTablet.sync();
  expect(atTablet.epochAuthenticator).toEqual(atLaptop.epochAuthenticator);
  await atTablet.send(text("here"));
  expect(await heard(atLaptop)).toEqual(["here"]);
});

test("an own commit that breaks a rule isn't stored", async () => {
  const { laptop, atLaptop } = await three();
  await expect(
    atLaptop.changeMembers({ extensions: [membership(forbidden)] }),
  ).rejects.toMatchObject({ code: "refused-commit", retryable: false });
  expect((await laptop.store.group(atLaptop.id))?.pending).toBeUndefined();
  expect(atLaptop.epoch).toBe(1n);
});

test("a commit of a member that was removed before changes nothing", async () => {
  const { node, laptop, atPhone, atLaptop, atTablet } = await three();
  node.beforeNextSend = () =>
    atPhone.changeMembers({ remove: [laptop.installation.id] });
  await expect(
    atLaptop.changeMembers({ extensions: [membership(1)] }),
  ).rejects.toMatchObject({ code: "not-a-member" });
  expect(atLaptop.active).toBe(false);
  await atTablet.sync();
  expect(atTablet.extensions).toEqual([]);
  expect(atTablet.epoch).toBe(2n);
  expect(atTablet.fork).toBeUndefined();
  await atTablet.send(text("without the laptop"));
  expect(await heard(atPhone)).toEqual(["without the laptop"]);
});
