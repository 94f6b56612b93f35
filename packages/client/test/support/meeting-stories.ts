import { expect, test } from "vitest";
import { atOther, nextOf, type Stage, textsOf } from "./stage.js";

/** How installations meet, restart, come and go, on any stage. */
export function meetingStories(openStage: () => Promise<Stage>): void {
  test("two users with two installations each talk in a group and in a DM", async () => {
    await using stage = await openStage();
    const alix = await stage.start("alix", { user: "alix" });
    const laptop = await stage.start("alix-laptop", { user: "alix" });
    const bo = await stage.start("bo", { user: "bo" });
    const boLaptop = await stage.start("bo-laptop", { user: "bo" });
    const everybody = [alix, laptop, bo, boLaptop];

    const group = await alix.client.conversations.newGroup(
      [bo.client.inboxId],
      { groupName: "plans", description: "of ours" },
    );
    await group.sendText("from the phone");
    await (await atOther(boLaptop, group)).sendText("from the laptop");
    for (const one of everybody) {
      const seen = await atOther(one, group);
      expect(await one.client.conversations.list()).toHaveLength(1);
      expect(seen).toMatchObject({
        kind: "group",
        name: "plans",
        description: "of ours",
        addedByInboxId: alix.client.inboxId,
        superAdmins: [alix.client.inboxId],
      });
      const members = await seen.members();
      expect(
        members.map(({ installationIds }) => installationIds.length),
      ).toEqual([2, 2]);
      expect(await textsOf(seen)).toEqual([
        "from the phone",
        "from the laptop",
      ]);
      const messages = await seen.messages();
      expect(messages).toMatchObject([
        { senderInboxId: bo.client.inboxId, deliveryStatus: "published" },
        { senderInboxId: alix.client.inboxId, deliveryStatus: "published" },
      ]);
    }

    const dm = await bo.client.conversations.newDm(alix.client.inboxId);
    await dm.sendText("psst");
    for (const one of everybody) {
      expect(await textsOf(await atOther(one, dm))).toEqual(["psst"]);
    }
    const again = await laptop.client.conversations.newDm(bo.client.inboxId);
    expect(again).toMatchObject({
      id: dm.id,
      kind: "dm",
      peerInboxId: bo.client.inboxId,
    });
  });

  test("an installation that restarts has its conversations, and what it hadn't sent goes out", async () => {
    await using stage = await openStage();
    const alix = await stage.start("alix", { user: "alix" });
    const bo = await stage.start("bo", { user: "bo" });
    const dm = await alix.client.conversations.newDm(bo.client.inboxId);
    await dm.sendText("one");
    await dm.sendOptimistic(
      (await dm.messages())[0]?.content ?? new Uint8Array(),
    );
    const [kept] = await dm.messages();
    expect(kept?.deliveryStatus).toBe("unpublished");
    await stage.stop(alix);

    await (await atOther(bo, dm)).sendText("two");
    const back = await stage.start("alix", { user: "alix" });
    const here = await atOther(back, dm);
    expect(await textsOf(here)).toEqual(["one", "two", "one"]);
    expect(await textsOf(await atOther(bo, dm))).toEqual(["one", "two", "one"]);
    expect((await here.messages()).map(({ id }) => id)).toContain(kept?.id);
  });

  test("a restored conversation is read-only until another installation brings this one in", async () => {
    await using stage = await openStage();
    const alix = await stage.start("alix", { user: "alix" });
    const bo = await stage.start("bo", { user: "bo" });
    const group = await alix.client.conversations.newGroup(
      [bo.client.inboxId],
      { groupName: "plans" },
    );
    await group.sendText("long ago");
    await alix.client.settled();

    const laptop = await stage.start("alix-laptop", {
      user: "alix",
      disableDeviceSync: true,
    });
    const key = new Uint8Array(32).fill(5);
    await laptop.client.importArchive(
      alix.client.createArchive(key),
      key,
      "past",
    );
    const [restored] = await laptop.client.conversations.list();
    expect(restored).toMatchObject({ id: group.id, name: "plans" });
    expect(restored?.isActive()).toBe(false);
    await expect(restored?.sendText("too early")).rejects.toMatchObject({
      code: "conversation-inactive",
    });

    const updates = laptop.client.conversations.updates();
    await alix.client.syncAllDeviceSyncGroups();
    await alix.client.settled();
    await (await atOther(bo, group)).sendText("welcome");
    const here = await atOther(laptop, group);
    expect(await nextOf(updates)).toMatchObject({
      type: "active",
      conversation: { id: group.id },
    });
    expect(here.isActive()).toBe(true);
    await here.sendText("here I am");
    expect(await textsOf(here)).toEqual(["long ago", "welcome", "here I am"]);
    expect(await textsOf(await atOther(bo, group))).toEqual([
      "long ago",
      "welcome",
      "here I am",
    ]);
  });

  test("a revoked installation is out of the conversations", async () => {
    await using stage = await openStage();
    const alix = await stage.start("alix", { user: "alix" });
    const lost = await stage.start("alix-lost", { user: "alix" });
    const bo = await stage.start("bo", { user: "bo" });
    const dm = await bo.client.conversations.newDm(alix.client.inboxId);
    await dm.sendText("before");
    const there = await atOther(lost, dm);
    expect(there.isActive()).toBe(true);

    await alix.client.revokeAllOtherInstallations();
    await (await atOther(alix, dm)).sendText("after");
    const updates = lost.client.conversations.updates();
    await there.sync();
    expect(await nextOf(updates)).toMatchObject({ type: "inactive" });
    expect(there.isActive()).toBe(false);
    expect(await textsOf(there)).toEqual(["before"]);
    await expect(there.sendText("still here?")).rejects.toMatchObject({
      code: "conversation-inactive",
    });
    const members = await (await atOther(bo, dm)).members();
    expect(members.flatMap(({ installationIds }) => installationIds)).toEqual(
      expect.not.arrayContaining([lost.client.installationId]),
    );
  });
}
