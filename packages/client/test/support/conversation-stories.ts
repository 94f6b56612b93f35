import { expect, test } from "vitest";
import { atOther, nextOf, type Stage } from "./stage.js";

/** The stories of conversations, in any environment. */
export function conversationStories(openStage: () => Promise<Stage>): void {
  test("consent: what one makes or writes in is allowed, what one was added to is open, what is denied stays so", async () => {
    await using stage = await openStage();
    const alix = await stage.start("alix", { user: "alix" });
    const bo = await stage.start("bo", { user: "bo" });
    const dm = await alix.client.conversations.newDm(bo.client.inboxId);
    expect(await dm.consentState()).toBe("allowed");
    const there = await atOther(bo, dm);
    expect(await there.consentState()).toBe("unknown");
    await there.updateConsentState("denied");
    await there.sendText("no");
    expect(await there.consentState()).toBe("denied");
    expect(await bo.client.conversations.list()).toEqual([]);
    const denied = await bo.client.conversations.list({
      consentStates: ["denied"],
    });
    expect(denied.map(({ id }) => id)).toEqual([dm.id]);
    await there.updateConsentState("unknown");
    await there.sendText("well then");
    expect(await there.consentState()).toBe("allowed");
  });

  test("streams tell of conversations and messages as they come", async () => {
    await using stage = await openStage();
    const alix = await stage.start("alix", { user: "alix" });
    const bo = await stage.start("bo", { user: "bo" });
    const conversations = bo.client.conversations.stream();
    const messages = bo.client.conversations.streamAllMessages();
    const group = await alix.client.conversations.newGroup([bo.client.inboxId]);
    const there = await nextOf(conversations);
    expect(there?.id).toBe(group.id);
    const ofGroup = there?.stream();
    await group.sendText("hello");
    expect(await nextOf(messages)).toMatchObject({
      text: "hello",
      conversationId: group.id,
      senderInboxId: alix.client.inboxId,
    });
    await there?.sendText("hi");
    expect(await nextOf(messages)).toMatchObject({ text: "hi" });
    expect(ofGroup && (await nextOf(ofGroup))).toMatchObject({ text: "hello" });
    await stage.stop(bo);
    expect(await nextOf(conversations)).toBeUndefined();
    expect(await nextOf(messages)).toBeUndefined();
  });

  test("a group's name, members and admins change for everybody", async () => {
    await using stage = await openStage();
    const alix = await stage.start("alix", { user: "alix" });
    const bo = await stage.start("bo", { user: "bo" });
    const caro = await stage.start("caro", { user: "caro" });
    const group = await alix.client.conversations.newGroup([bo.client.inboxId]);
    await group.updateName("picnic");
    await group.updateDescription("on the hill");
    await group.updateImageUrl("https://example.com/hill.png");
    await group.addMembers([caro.client.inboxId]);
    await group.addAdmin(bo.client.inboxId);
    for (const one of [bo, caro]) {
      const there = await atOther(one, group);
      expect(there).toMatchObject({
        name: "picnic",
        description: "on the hill",
        imageUrl: "https://example.com/hill.png",
        admins: [bo.client.inboxId],
      });
      const levels = (await there.members()).map(
        ({ permissionLevel }) => permissionLevel,
      );
      expect(levels.toSorted()).toEqual(["admin", "member", "super-admin"]);
    }
    await (await atOther(bo, group)).removeMembers([caro.client.inboxId]);
    expect((await atOther(caro, group)).isActive()).toBe(false);
    expect(await (await atOther(alix, group)).members()).toHaveLength(2);
  });

  test("an impossible conversation is refused before anything is created", async () => {
    await using stage = await openStage();
    const { client } = await stage.start("alix", { user: "alix" });
    const { conversations, inboxId } = client;
    const nobody = "ab".repeat(32);
    await expect(conversations.newGroup([nobody])).rejects.toMatchObject({
      code: "unknown-inbox",
    });
    await expect(conversations.newDm(inboxId)).rejects.toMatchObject({
      code: "invalid-members",
    });
    await expect(conversations.newDm("0x12")).rejects.toMatchObject({
      code: "invalid-id",
    });
    expect(await conversations.list()).toEqual([]);
    const alone = await conversations.newGroup([]);
    await expect(alone.send(new Uint8Array(2 ** 20 + 1))).rejects.toMatchObject(
      { code: "content-too-large" },
    );
    await expect(alone.updateName("n".repeat(101))).rejects.toMatchObject({
      code: "invalid-group-data",
    });
    expect(await alone.messages()).toEqual([]);
  });
}
