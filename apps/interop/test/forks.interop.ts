import { type Client, createClient } from "@history-sync/client";
import { privateKeySigner } from "@history-sync/identity/private-key";
import { fromHex, systemClock } from "@history-sync/primitives";
import { memoryStore } from "@history-sync/store/memory";
import { NodeDeliveryService } from "@history-sync/xmtp-node-client";
import { grpcTransport } from "@history-sync/xmtp-node-client/node";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Actor, Conversation } from "../src/actor.ts";
import type { Ours } from "../src/ours.ts";
import { newWalletKey } from "../src/wallet-key.ts";
import { World } from "../src/world.ts";

// One story, told in order: alix and carol have installations of ours, bo has libxmtp's. Carol's misses a commit.
describe("an installation of ours that is forked, in a group with libxmtp in it", () => {
  let world: World;
  let alix: Ours;
  let bo: Actor;
  let carol: Client;
  let group: string;
  let hide: (id: bigint) => boolean = () => false;
  let disconnect = () => {};

  beforeAll(async () => {
    world = await World.start();
    alix = await world.ours("alix");
    bo = await world.libxmtp("bo");
    const { transport, close } = grpcTransport(world.nodeUrl);
    const node = new NodeDeliveryService(transport, { clock: systemClock });
    const query: typeof node.query = async (topic, ...rest) => {
      const { entries, more } = await node.query(topic, ...rest);
      const shown = entries.filter(
        ({ id }) => topic.kind === "welcomes" || !hide(id),
      );
      return { entries: shown, more };
    };
    carol = await createClient({
      signer: privateKeySigner(fromHex(newWalletKey().slice(2))),
      store: memoryStore(),
      nodeUrl: world.nodeUrl,
      deliveryService: new Proxy(node, {
        get(target, name) {
          if (name === "query") return query;
          const member = Reflect.get(target, name, target);
          return typeof member === "function" ? member.bind(target) : member;
        },
      }),
      disableDeviceSync: true,
    });
    disconnect = close;
  });

  afterAll(async () => {
    await carol.close();
    disconnect();
    await world.close();
  });

  const atCarol = async () => {
    await carol.conversations.syncAll();
    await carol.settled();
    const there = await carol.conversations.getConversationById(group);
    if (!there) throw new Error("the group isn't there");
    return there;
  };
  const textsAtCarol = async () =>
    (await (await atCarol()).messages()).toReversed().map(({ text }) => text);

  test("finds out, and asks both super admins", async () => {
    const made = await alix.client.conversations.newGroup([
      bo.inboxId,
      carol.inboxId,
    ]);
    group = made.id;
    await made.addSuperAdmin(bo.inboxId);
    await bo.do("syncAll");
    await bo.sendText(group, "before");
    expect(await textsAtCarol()).toEqual(["before"]);

    const { cursor } = await (await atCarol()).debugInfo();
    let first: bigint | undefined;
    hide = (id) => {
      if (id > cursor) first ??= id;
      return id === first;
    };
    await made.updateName("named while carol is away");
    // Or it would send in the epoch before.
    await bo.do("syncAll");
    for (const text of ["one", "two", "three"]) await bo.sendText(group, text);
    expect(await textsAtCarol()).toEqual(["before"]);
    expect((await (await atCarol()).debugInfo()).maybeForked).toBe(true);
    await (await atCarol()).sendText("from the fork");
  });

  test("is added anew by ours, which libxmtp follows", async () => {
    await alix.conversation(group);
    await alix.client.settled();
    await expect
      .poll(async () => (await (await atCarol()).debugInfo()).maybeForked, {
        timeout: 30_000,
        interval: 250,
      })
      .toBe(false);
    const there = await atCarol();
    expect(there.name).toBe("named while carol is away");
    await there.sendText("back again");
    await bo.do("syncAll");
    await bo.sendText(group, "welcome");
    expect(await textsAtCarol()).toEqual([
      "before",
      "from the fork",
      "back again",
      "welcome",
    ]);
    const all = [
      "before",
      "one",
      "two",
      "three",
      "from the fork",
      "back again",
      "welcome",
    ];
    expect(await bo.texts(group)).toEqual(all);
    expect(await alix.texts(group)).toEqual(all);
  });

  test("libxmtp shows no conversation by which it was asked, and thinks nothing forked", async () => {
    await bo.do("syncAll");
    const { conversations } = await bo.do<{
      readonly conversations: readonly Conversation[];
    }>("dump");
    expect(conversations.map(({ id }) => id)).toEqual([group]);
    expect(conversations[0]?.debug.maybeForked).toBe(false);
  });
});
