import {
  hmacPeriod,
  senderHmac,
  topicHmacKeys,
} from "@history-sync/mls-group/xmtp";
import {
  equalBytes,
  nowNs,
  systemClock,
  toHex,
} from "@history-sync/primitives";
import { expect, test } from "vitest";
import { listening, type Sent } from "./support/listening-node.js";
import { MemoryStage } from "./support/memory-stage.js";
import type { Installation } from "./support/stage.js";

/** Those that don't bear the HMAC by this root. */
function foreignTo(root: Uint8Array, sent: readonly Sent[]): readonly Sent[] {
  const period = hmacPeriod(nowNs(systemClock));
  return sent.filter(({ groupId, data, senderHmac: hmac }) => {
    const own = senderHmac(root, groupId, period, data);
    return hmac === undefined || toHex(hmac) !== toHex(own);
  });
}

test("every message of a group, commits included, has the HMAC by its sender's root key, which is created with the first", async () => {
  await using stage = new MemoryStage();
  const { deliveryService, sent } = listening(stage.deliveryService);
  const bo = await stage.start("bo");
  const alix = await stage.start("alix", {
    deliveryService,
    disableDeviceSync: true,
  });
  const { conversations, preferences } = alix.client;
  expect(await preferences.hmacKey()).toBeUndefined();
  const group = await conversations.newGroup([bo.client.inboxId]);
  await group.sendText("hello");
  await group.updateName("plans");
  const root = await preferences.hmacKey();
  if (!root) throw new TypeError("expected a root");
  expect(sent).toHaveLength(3);
  expect(foreignTo(root, sent)).toEqual([]);
  expect(foreignTo(new Uint8Array(42), sent)).toHaveLength(3);

  const keys = topicHmacKeys(root, group.id, nowNs(systemClock));
  expect(await group.hmacKeys()).toEqual(keys);
  expect(await conversations.hmacKeys()).toEqual(new Map([[group.id, keys]]));
});

test("messages to the sync group have a sender HMAC under the root that all installations share", async () => {
  await using stage = new MemoryStage();
  const alix = await stage.start("alix");
  await alix.client.settled();
  const { deliveryService, sent } = listening(stage.deliveryService);
  const laptop = await stage.start("laptop", { user: "alix", deliveryService });
  const told = laptop.client.preferences.streamPreferences();
  await alix.client.syncAllDeviceSyncGroups();
  const rootOf = ({ client }: Installation) => client.preferences.hmacKey();
  for await (const _ of told) {
    const [here, there] = [await rootOf(laptop), await rootOf(alix)];
    if (here && there && equalBytes(here, there)) break;
  }
  const root = await rootOf(laptop);
  if (!root) throw new TypeError("expected a root");
  const before = sent.length;
  await laptop.client.preferences.setConsentStates([
    { entityType: "inbox", entity: alix.client.inboxId, state: "allowed" },
  ]);
  await laptop.client.settled();
  expect(sent.length).toBeGreaterThan(before);
  expect(foreignTo(root, sent.slice(before))).toEqual([]);
});
