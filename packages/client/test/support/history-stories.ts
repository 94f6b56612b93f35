import { groupId } from "@history-sync/primitives";
import { BackupElementSelection } from "@history-sync/proto/device-sync";
import { expect, test } from "vitest";
import type { Client } from "../../src/index.js";
import {
  atOther,
  hears,
  type Installation,
  inStage,
  nextOf,
  type Stage,
  textsOf,
} from "./stage.js";
import { tinyBytes, tinyGroup, tinyGroupOfTwo, tinyKey } from "./tiny.js";

/** How history and preferences come from one installation to another, on any stage with a history server. */
export function historyStories(openStage: () => Promise<Stage>): void {
  test("a new installation gets the history from the other one, and the conversation continues in it", async () => {
    await using stage = await openStage();
    const phone = await stage.start("phone");
    const bo = await stage.start("bo", { user: "bo" });
    const group = await phone.client.conversations.newGroup(
      [bo.client.inboxId],
      {
        groupName: "plans",
      },
    );
    await group.sendText("one");
    await (await atOther(bo, group)).sendText("two");
    await group.sync();

    const laptop = await stage.start("laptop");
    const imported = inStage(laptop.client, "imported");
    const updates = laptop.client.conversations.updates();
    await phone.client.syncAllDeviceSyncGroups();
    await Promise.all([phone.client.settled(), imported]);
    expect((await nextOf(updates))?.conversation.id).toBe(group.id);

    const here = await atOther(laptop, group);
    expect(here).toMatchObject({ name: "plans" });
    expect(here.isActive()).toBe(true);
    await here.sendText("three");
    await (await atOther(bo, group)).sendText("four");
    for (const one of [phone, laptop, bo]) {
      const there = await atOther(one, group);
      expect(await textsOf(there)).toEqual(["one", "two", "three", "four"]);
      const senders = (await there.messages()).map(
        (message) => message.senderInboxId,
      );
      const [a, b] = [phone.client.inboxId, bo.client.inboxId];
      expect(senders).toEqual([b, a, b, a]);
    }
  });

  test("history goes out when the user has compared the words and said yes", async () => {
    await using stage = await openStage();
    const a = await stage.start("a", { releasePolicy: "ask" });
    await a.client.importArchive(await tinyBytes(), tinyKey, "past");
    const b = await stage.start("b");
    const asked = inStage(a.client, "awaiting-approval");
    const waits = hears(b.client, ({ acknowledgements }) =>
      acknowledgements.some(({ awaitingApproval }) => awaitingApproval),
    );
    const imported = inStage(b.client, "imported");
    await a.client.syncAllDeviceSyncGroups();
    await Promise.all([asked, waits]);

    const [request] = await a.client.history.requests();
    const [own] = await b.client.history.requests();
    if (!request || !own) throw new TypeError("expected the request on both");
    const [atA, atB] = [
      await a.client.history.comparisonWords(request.id),
      await b.client.history.comparisonWords(own.id),
    ];
    expect(atA[0]?.words.length).toBeGreaterThan(3);
    expect(atB[0]?.words).toEqual(atA[0]?.words);
    expect((await b.store.history.counts()).messages).toBe(0);
    await a.client.history.approve(request.id);
    await imported;
    expect((await b.store.history.counts()).messages).toBe(3);
  });

  test("a no comes with its reason; newest messages first, and what was before them when it is asked for", async () => {
    await using stage = await openStage();
    const a = await stage.start("a", { releasePolicy: "ask" });
    await a.client.importArchive(await tinyBytes(), tinyKey, "past");
    const whole = await messagesOf(a, tinyGroupOfTwo);
    expect(whole).toHaveLength(2);

    const b = await stage.start("b");
    const asked = awaitingAnother(a.client);
    const declined = inStage(b.client, "declined");
    await a.client.syncAllDeviceSyncGroups();
    await a.client.history.decline(await asked(), "not now");
    await declined;
    const [first] = await b.client.history.requests();
    expect(first?.stage).toMatchObject({
      reason: "user",
      message: "not now",
    });

    await b.client.sendSyncRequest({ newestPerConversation: 1 });
    let imported = inStage(b.client, "imported");
    await a.client.history.approve(await asked());
    await imported;
    expect(await messagesOf(b, tinyGroupOfTwo)).toEqual(whole.slice(0, 1));

    await b.client.history.requestOlder(groupId(tinyGroupOfTwo));
    imported = inStage(b.client, "imported");
    await a.client.history.approve(await asked());
    await imported;
    expect(await messagesOf(b, tinyGroupOfTwo)).toEqual(whole);
  });

  test("an archive goes by hand to an installation that asked for nothing", async () => {
    await using stage = await openStage();
    const a = await stage.start("a", { releasePolicy: "never" });
    await a.client.importArchive(await tinyBytes(), tinyKey, "past");
    const b = await stage.start("b");
    const declined = inStage(b.client, "declined");
    await a.client.syncAllDeviceSyncGroups();
    await declined;

    await a.client.sendSyncArchive("by-hand");
    await b.client.syncAllDeviceSyncGroups();
    expect(await b.client.listAvailableArchives(1)).toMatchObject([
      { pin: "by-hand" },
    ]);
    await b.client.processSyncArchive("by-hand");
    expect((await b.store.history.counts()).messages).toBe(3);
  });

  test("consent and the HMAC key are the same on both installations", async () => {
    await using stage = await openStage();
    const a = await stage.start("a");
    await a.client.importArchive(await tinyBytes(), tinyKey, "past");
    const b = await stage.start("b");
    const imported = inStage(b.client, "imported");
    await a.client.syncAllDeviceSyncGroups();
    await imported;

    const key = await a.client.preferences.hmacKey();
    expect(key).toHaveLength(42);
    expect(await b.client.preferences.hmacKey()).toEqual(key);

    const state = (name: typeof a) =>
      name.client.preferences.getConsentState("conversation", tinyGroup);
    expect(await state(b)).toBe("allowed");
    const told = b.client.preferences.streamConsent();
    for (const [from, to, next] of [
      [a, b, "denied"],
      [b, a, "allowed"],
      [b, a, "unknown"],
    ] as const) {
      const decision = {
        entityType: "conversation",
        entity: tinyGroup,
      } as const;
      await from.client.preferences.setConsentStates([
        { ...decision, state: next },
      ]);
      await to.client.syncAllDeviceSyncGroups();
      expect([await state(from), await state(to)]).toEqual([next, next]);
      expect(await nextOf(told)).toEqual([{ ...decision, state: next }]);
    }
  });

  test("B restarts between request and reply: its MLS state and its request are on disk", async () => {
    await using stage = await openStage();
    const a = await stage.start("a");
    await a.client.importArchive(await tinyBytes(), tinyKey, "past");
    const b = await stage.start("b");
    const requested = inStage(b.client, "requested");
    await a.client.syncAllDeviceSyncGroups();
    await requested;
    const { installationId } = b.client;
    await stage.stop(b);

    await a.client.syncAllDeviceSyncGroups();
    await a.client.settled();
    const [answered] = await a.client.history.requests();
    expect(answered?.stage.name).toBe("replied");

    const back = await stage.start("b");
    expect(back.client.installationId).toBe(installationId);
    await back.client.syncAllDeviceSyncGroups();
    await back.client.settled();
    const [asked] = await back.client.history.requests();
    expect(asked?.stage.name).toBe("receipted");
    expect(await back.store.history.counts()).toEqual({
      conversations: 2,
      messages: 3,
      consent: 4,
    });
  });

  test("an archive's metadata is read, it is imported once, and it is created again", async () => {
    await using stage = await openStage();
    const a = await stage.start("a");
    const metadata = await a.client.archiveMetadata(await tinyBytes(), tinyKey);
    expect(metadata.elements).toEqual([
      BackupElementSelection.MESSAGES,
      BackupElementSelection.CONSENT,
    ]);
    for (const inserted of [3, 0]) {
      const summary = await a.client.importArchive(
        await tinyBytes(),
        tinyKey,
        "past",
      );
      expect(summary.messages.inserted).toBe(inserted);
    }

    const key = new Uint8Array(32).fill(5);
    const b = await stage.start("b");
    await b.client.importArchive(a.client.createArchive(key), key, "from a");
    expect(await b.store.history.counts()).toEqual(
      await a.store.history.counts(),
    );
  });

  test("another key opens nothing", async () => {
    await using stage = await openStage();
    const a = await stage.start("a");
    const wrong = new Uint8Array(32).fill(5);
    await expect(
      a.client.importArchive(await tinyBytes(), wrong, "past"),
    ).rejects.toMatchObject({ name: "EncryptionCodecError" });
    expect((await a.store.history.counts()).messages).toBe(0);
  });
}

/** The ids of a conversation's messages, newest first. */
async function messagesOf(
  { client }: Installation,
  id: string,
): Promise<readonly string[]> {
  const conversation = await client.conversations.getConversationById(id);
  const messages = (await conversation?.messages()) ?? [];
  return messages.map(({ id }) => id);
}

/** The id of the next request that waits for the user's word, at each call. */
function awaitingAnother(client: Client): () => Promise<string> {
  const updates = client.history.updates();
  return async () => {
    for (;;) {
      const { value } = await updates.next();
      if (value === undefined) throw new TypeError("expected another request");
      if (value.type === "approval") return value.requestId;
    }
  };
}
