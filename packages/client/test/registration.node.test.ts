import type { Signer } from "@history-sync/identity";
import { memoryStore } from "@history-sync/store/memory";
import {
  NodeDeliveryService,
  NodeIdentityService,
} from "@history-sync/xmtp-node-client";
import { grpcTransport } from "@history-sync/xmtp-node-client/node";
import { expect, test } from "vitest";
import { walletOf } from "./support/stage.js";
import { World } from "./support/world.js";

/** A wallet that counts what it is asked to sign. */
function counting(wallet: Signer) {
  const texts: string[] = [];
  return {
    texts,
    signer: {
      ...wallet,
      signMessage: (text: string) => {
        texts.push(text);
        return wallet.signMessage(text);
      },
    },
  };
}

test("an installation registers with one signature, and starts again with none", async () => {
  await using world = await World.open();
  const { signer, texts } = counting(walletOf("alix"));
  const first = await world.start("a", { signer });
  expect(texts).toHaveLength(1);
  expect(texts[0]).toContain("Create inbox");
  const { inboxId, installationId } = first.client;
  await world.stop(first);

  const again = await world.start("a", { signer });
  expect(texts).toHaveLength(1);
  expect(again.client).toMatchObject({ inboxId, installationId });
});

test("a second installation joins the wallet's inbox, until the first one revokes it", async () => {
  await using world = await World.open();
  const { client: a } = await world.start("a");
  const b = await world.start("b");
  const ids = async () =>
    (await a.inboxState(true)).installations.map(({ id }) => id);
  expect(b.client.inboxId).toBe(a.inboxId);
  expect(await ids()).toEqual([a.installationId, b.client.installationId]);

  await a.revokeAllOtherInstallations();
  expect(await ids()).toEqual([a.installationId]);
  expect((await b.client.inboxState(true)).installations).toHaveLength(1);
  await world.stop(b);
  await expect(world.start("b")).rejects.toMatchObject({
    code: "installation-revoked",
  });
});

test("two first installations at once come into one inbox", async () => {
  await using world = await World.open();
  const [a, b] = await Promise.all([world.start("a"), world.start("b")]);
  const { installations } = await a.client.inboxState(true);
  expect(installations.map(({ id }) => id).sort()).toEqual(
    [a.client.installationId, b.client.installationId].sort(),
  );
});

test("another user's wallet doesn't open a store", async () => {
  await using world = await World.open();
  await world.stop(await world.start("a"));
  await expect(world.start("a", { user: "bo" })).rejects.toMatchObject({
    code: "wrong-inbox",
  });
});

test("a client without device sync has no sync group and can't request history", async () => {
  await using world = await World.open();
  const store = memoryStore();
  const { client } = await world.start("a", { store, disableDeviceSync: true });
  expect(await store.groups.groups()).toEqual([]);
  const { inboxId } = client;
  await client.preferences.setConsentStates([
    { entityType: "inbox", entity: inboxId, state: "denied" },
  ]);
  expect(await client.preferences.getConsentState("inbox", inboxId)).toBe(
    "denied",
  );
  for (const call of [
    client.sendSyncRequest(),
    client.history.requests(),
    client.preferences.sync(),
  ]) {
    await expect(call).rejects.toMatchObject({ code: "device-sync-disabled" });
  }
});

test("a registered installation starts while the node is away", async () => {
  await using world = await World.open();
  const a = await world.start("a");
  await a.client.settled();
  await world.stop(a);
  const { transport } = grpcTransport("http://127.0.0.1:9");
  const away = await world.start("a", {
    deliveryService: new NodeDeliveryService(transport, { retryWaitsMs: [] }),
    identity: new NodeIdentityService(transport, { retryWaitsMs: [] }),
  });
  expect(away.client.installationId).toBe(a.client.installationId);
});
