import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Actor } from "../src/actor.ts";
import { World } from "../src/world.ts";

// One story, told in order: each test starts where the one before it ended.
describe("real libxmtp on our node", () => {
  let world: World;
  let alice: Actor;
  let bob: Actor;
  let aliceOnPhone: Actor;
  let group: string;
  let dm: string;

  /** libxmtp looks after a group's members before it sends, if it last did so 5 s ago or longer. */
  const installationsOnceAliceSends = () =>
    expect.poll(
      async () => {
        await alice.sendText(group, "who is here?");
        const { members = [] } = (await alice.conversation(group)) ?? {};
        return members.flatMap(({ installationIds }) => installationIds);
      },
      { timeout: 60_000, interval: 1_000 },
    );

  beforeAll(async () => {
    world = await World.start();
  });

  afterAll(() => world.close());

  test("two users register", async () => {
    alice = await world.libxmtp("alice");
    bob = await world.libxmtp("bob");
    expect(await alice.installations()).toEqual([alice.installationId]);
  });

  test("they talk in a group, both ways", async () => {
    const { id } = await alice.do<{ readonly id: string }>("createGroup", {
      members: [bob.inboxId],
      name: "plans",
    });
    group = id;
    await alice.sendText(group, "hello bob");
    expect(await bob.texts(group)).toEqual(["hello bob"]);
    await bob.sendText(group, "hello alice");
    expect(await alice.texts(group)).toEqual(["hello bob", "hello alice"]);
    expect((await bob.conversation(group))?.name).toBe("plans");
  });

  test("they talk in a DM, both ways", async () => {
    const { id } = await bob.do<{ readonly id: string }>("createDm", {
      member: alice.inboxId,
    });
    dm = id;
    await bob.sendText(dm, "psst");
    expect(await alice.texts(dm)).toEqual(["psst"]);
    await alice.sendText(dm, "yes?");
    expect(await bob.texts(dm)).toEqual(["psst", "yes?"]);
  });

  test("a second installation registers and is let in", async () => {
    aliceOnPhone = await world.libxmtp("alice-on-phone", alice.walletKey);
    expect(aliceOnPhone.inboxId).toBe(alice.inboxId);
    expect([...(await alice.installations())].sort()).toEqual(
      [alice.installationId, aliceOnPhone.installationId].sort(),
    );
    await installationsOnceAliceSends().toContain(aliceOnPhone.installationId);
    await alice.sendText(group, "my phone is here");
    expect((await aliceOnPhone.texts(group)).at(-1)).toBe("my phone is here");
    await aliceOnPhone.sendText(group, "from the phone");
    expect((await bob.texts(group)).at(-1)).toBe("from the phone");
  });

  test("what one installation allows or denies, the other learns", async () => {
    const bobsInbox = { entityType: 1, entity: bob.inboxId };
    for (const actor of [alice, aliceOnPhone]) {
      await actor.do("syncDeviceSync");
    }
    await alice.do("setConsent", { ...bobsInbox, state: 2 });
    expect(await alice.do("getConsent", bobsInbox)).toBe("Denied");
    await expect
      .poll(
        async () => {
          await alice.do("syncDeviceSync");
          await aliceOnPhone.do("syncDeviceSync");
          return await aliceOnPhone.do("getConsent", bobsInbox);
        },
        { timeout: 30_000, interval: 500 },
      )
      .toBe("Denied");
  });

  test.each([
    ["a restart", "SIGTERM"],
    ["a crash", "SIGKILL"],
  ] as const)("%s of the node loses nothing", async (name, signal) => {
    const before = await bob.texts(group);
    await alice.sendText(group, `before ${name}`);
    await world.restartNode(signal);
    await aliceOnPhone.sendText(group, `after ${name}`);
    const expected = [...before, `before ${name}`, `after ${name}`];
    expect(await bob.texts(group)).toEqual(expected);
    expect((await alice.texts(group)).slice(-2)).toEqual(expected.slice(-2));
    expect(await bob.texts(dm)).toEqual(["psst", "yes?"]);
  });

  test("a user who comes later finds everybody", async () => {
    const carol = await world.libxmtp("carol");
    await alice.do("addMembers", { group, members: [carol.inboxId] });
    await bob.do("syncAll");
    await bob.sendText(group, "welcome carol");
    expect(await carol.texts(group)).toEqual(["welcome carol"]);
    const members = (await carol.conversation(group))?.members ?? [];
    expect(members.map(({ inboxId }) => inboxId).sort()).toEqual(
      [alice.inboxId, bob.inboxId, carol.inboxId].sort(),
    );
  });

  test("a revoked installation is out", async () => {
    await alice.do("revokeOthers", { walletKey: alice.walletKey });
    expect(await alice.installations()).toEqual([alice.installationId]);
    await installationsOnceAliceSends().not.toContain(
      aliceOnPhone.installationId,
    );
    await alice.sendText(group, "only for those who are in");
    expect(await bob.texts(group)).toContain("only for those who are in");
    expect(await aliceOnPhone.texts(group)).not.toContain(
      "only for those who are in",
    );
  });
});
