import { wrapMessage } from "@history-sync/mls-group/xmtp";
import {
  silent,
  systemClock,
  systemRandomBytes,
} from "@history-sync/primitives";
import { openInboxInstallation } from "@history-sync/sync-group";
import { expect, test } from "vitest";
import { encodeText } from "../src/index.js";
import { MemoryStage } from "./support/memory-stage.js";
import { atOther, textsOf } from "./support/stage.js";

test("a client ignores forged contents, and no member can claim another's message", async () => {
  await using stage = new MemoryStage();
  const alix = await stage.start("alix");
  const bo = await stage.start("bo");
  const mallory = await stage.start("mallory");
  const group = await alix.client.conversations.newGroup([
    bo.client.inboxId,
    mallory.client.inboxId,
  ]);
  const text = encodeText("I owe you");
  await atOther(mallory, group);
  await stage.stop(mallory);
  const low = await openInboxInstallation(
    {
      deliveryService: stage.deliveryService,
      store: mallory.store.groups,
      clock: systemClock,
      randomBytes: systemRandomBytes,
      log: silent,
    },
    {
      inboxId: mallory.client.inboxId,
      authentication: { validate: async () => true },
    },
  );
  const mls = low.group(group.id);
  await mls?.send(Uint8Array.of(255, 255));
  await mls?.send(new Uint8Array());
  const id = await group.sendOptimistic(text);
  const [kept] = await group.messages();
  await group.publishMessages();
  // The same content at the same time has the same id.
  const copy = wrapMessage(text, group.id, kept?.sentAtNs ?? 0n);
  expect(copy.id).toBe(id);
  await mls?.send(copy.plaintext);
  await mls?.send(wrapMessage(Uint8Array.of(1, 2, 3), group.id, 5n).plaintext);

  for (const one of [alix, bo]) {
    const there = await atOther(one, group);
    expect(await textsOf(there)).toEqual(["I owe you", undefined]);
    expect(await there.messages()).toMatchObject([
      {
        senderInboxId: mallory.client.inboxId,
        contentType: { typeId: "unknown" },
      },
      { senderInboxId: alix.client.inboxId, id: copy.id },
    ]);
  }
});
