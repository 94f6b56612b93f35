import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { decodeElement } from "@history-sync/archive";
import { openArchive } from "@history-sync/encryption-codec";
import {
  equalBytes,
  groupId,
  idBytes,
  streamOf,
} from "@history-sync/primitives";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Actor } from "../src/actor.ts";
import { newestMessage } from "../src/newest-message.ts";
import type { Ours } from "../src/ours.ts";
import { World } from "../src/world.ts";
import { expectMembers, expectTexts } from "./support/agreement.ts";

// One story, told in order: alix has an installation of ours, bo and carol have libxmtp's.
describe("ours and libxmtp in one conversation", () => {
  let world: World;
  let alix: Ours;
  let bo: Actor;
  let carol: Actor;

  beforeAll(async () => {
    world = await World.start();
    alix = await world.ours("alix");
    bo = await world.libxmtp("bo");
    carol = await world.libxmtp("carol");
  });

  afterAll(() => world.close());

  describe("a group that libxmtp makes", () => {
    let group: string;

    test("has ours in it, and messages go both ways", async () => {
      ({ id: group } = await bo.do<{ readonly id: string }>("createGroup", {
        members: [alix.inboxId],
        name: "plans",
      }));
      await bo.sendText(group, "hello alix");
      await expectTexts(group, [alix, bo], ["hello alix"]);
      await alix.sendText(group, "hello bo");
      await expectTexts(group, [alix, bo], ["hello alix", "hello bo"]);
      await expectMembers(group, [alix, bo], [alix, bo]);
      expect((await alix.conversation(group)).name).toBe("plans");
    });

    test("push servers are told of texts, and not of commits, by either", async () => {
      const pushed = async () => {
        const message = await newestMessage(group, world.nodeUrl);
        const { isCommit, shouldPush } = message;
        return { isCommit, shouldPush };
      };
      const ofText = { isCommit: false, shouldPush: true };
      const ofCommit = { isCommit: true, shouldPush: false };
      await bo.sendText(group, "do you hear me?");
      expect(await pushed()).toEqual(ofText);
      await alix.sendText(group, "I do");
      expect(await pushed()).toEqual(ofText);
      await bo.do("addMembers", { group, members: [carol.inboxId] });
      expect(await pushed()).toEqual(ofCommit);
      await bo.do("removeMembers", { group, members: [carol.inboxId] });
      await (await alix.conversation(group)).updateDescription("for May");
      expect(await pushed()).toEqual(ofCommit);
    });

    test("ours adds a user of libxmtp", async () => {
      const conversation = await alix.conversation(group);
      await conversation.addMembers([carol.inboxId]);
      await expectMembers(group, [alix, bo, carol], [alix, bo, carol]);
      await alix.sendText(group, "welcome");
      await expectTexts(group, [carol], ["welcome"]);
      await carol.sendText(group, "thanks");
      expect((await alix.texts(group)).at(-1)).toBe("thanks");
      expect((await bo.texts(group)).at(-1)).toBe("thanks");
    });

    test("libxmtp removes one, and then ours", async () => {
      await bo.do("removeMembers", { group, members: [carol.inboxId] });
      await expectMembers(group, [alix, bo], [alix, bo]);
      await bo.do("removeMembers", { group, members: [alix.inboxId] });
      await expectMembers(group, [bo], [bo]);
      expect((await alix.conversation(group)).isActive()).toBe(false);
      const before = await alix.texts(group);
      await bo.sendText(group, "alone");
      expect(await alix.texts(group)).toEqual(before);
    });

    test("libxmtp adds ours again", async () => {
      await bo.do("addMembers", { group, members: [alix.inboxId] });
      await expectMembers(group, [alix, bo], [alix, bo]);
      await bo.sendText(group, "back again");
      expect((await alix.texts(group)).at(-1)).toBe("back again");
      await alix.sendText(group, "at last");
      expect((await bo.texts(group)).at(-1)).toBe("at last");
    });
  });

  describe("a group that ours makes", () => {
    let group: string;

    test("has libxmtp's users in it, and messages go both ways", async () => {
      const { conversations } = alix.client;
      const made = await conversations.newGroup([bo.inboxId, carol.inboxId], {
        groupName: "trip",
        description: "to the sea",
        imageUrl: "https://example.org/sea.png",
      });
      group = made.id;
      await alix.sendText(group, "who comes?");
      await bo.do("syncAll");
      await bo.sendText(group, "I do");
      await carol.do("syncAll");
      await carol.sendText(group, "me too");
      const texts = ["who comes?", "I do", "me too"];
      await expectTexts(group, [alix, bo, carol], texts);
      await expectMembers(group, [alix, bo, carol], [alix, bo, carol]);
      expect(await seenByLibxmtp(bo, group)).toEqual({
        group_name: "trip",
        description: "to the sea",
        group_image_url_square: "https://example.org/sea.png",
      });
    });

    test("libxmtp sees the name, the description and the image that ours gives it", async () => {
      const conversation = await alix.conversation(group);
      await conversation.updateName("holidays");
      await conversation.updateDescription("to the hills");
      await conversation.updateImageUrl("https://example.org/hills.png");
      expect(await seenByLibxmtp(bo, group)).toEqual({
        group_name: "holidays",
        description: "to the hills",
        group_image_url_square: "https://example.org/hills.png",
      });
    });

    test("ours removes a user of libxmtp, and adds it again", async () => {
      const conversation = await alix.conversation(group);
      await conversation.removeMembers([carol.inboxId]);
      await expectMembers(group, [alix, bo], [alix, bo]);
      expect((await carol.conversation(group))?.isActive).toBe(false);
      const before = await carol.texts(group);
      await alix.sendText(group, "carol isn't coming");
      expect(await carol.texts(group)).toEqual(before);
      await conversation.addMembers([carol.inboxId]);
      await expectMembers(group, [alix, bo, carol], [alix, bo, carol]);
      await alix.sendText(group, "carol is coming");
      expect((await carol.texts(group)).at(-1)).toBe("carol is coming");
    });

    test("libxmtp adds a user of ours", async () => {
      const dave = await world.ours("dave");
      await bo.do("addMembers", { group, members: [dave.inboxId] });
      const all = [alix, bo, carol, dave];
      await expectMembers(group, all, all);
      await dave.sendText(group, "here I am");
      for (const member of all) {
        expect((await member.texts(group)).at(-1)).toBe("here I am");
      }
    });

    /** The metadata in an archive that libxmtp makes. */
    async function seenByLibxmtp(actor: Actor, id: string) {
      await actor.do("syncAll");
      const key = randomBytes(32);
      const path = world.file(`${key.toString("hex", 0, 4)}.xmtp`);
      await actor.do("createArchive", { path, key: key.toString("hex") });
      const bytes = streamOf([await readFile(path)]);
      let position = 0;
      for await (const frame of openArchive(bytes, { key })) {
        const element = decodeElement(frame, { position });
        position += 1;
        if (element.case !== "group") continue;
        if (!equalBytes(element.value.id, idBytes(groupId(id)))) continue;
        const { group_name, description, group_image_url_square } =
          element.value.mutableMetadata?.attributes ?? {};
        return { group_name, description, group_image_url_square };
      }
      return undefined;
    }
  });

  test("who was added renews its keys before its first message, on both sides", async () => {
    const { id: ofBo } = await bo.do<{ readonly id: string }>("createGroup", {
      members: [alix.inboxId],
    });
    const { id: ofAlix } = await alix.client.conversations.newGroup([
      bo.inboxId,
    ]);
    const epochsAsItSpeaks = async (group: string, joiner: Actor | Ours) => {
      const epochs = [await epochOf(group)];
      for (const text of ["first", "second"]) {
        await joiner.sendText(group, text);
        await expectTexts(group, [alix, bo], await joiner.texts(group));
        epochs.push(await epochOf(group));
      }
      return epochs;
    };
    expect(await epochsAsItSpeaks(ofBo, alix)).toEqual(["1", "2", "2"]);
    expect(await epochsAsItSpeaks(ofAlix, bo)).toEqual(["1", "2", "2"]);

    async function epochOf(group: string) {
      return (await bo.conversation(group))?.debug.epoch;
    }
  });

  describe("a DM", () => {
    test("that libxmtp makes goes both ways", async () => {
      const { id } = await bo.do<{ readonly id: string }>("createDm", {
        member: alix.inboxId,
      });
      await bo.sendText(id, "psst");
      await alix.sendText(id, "yes?");
      await expectTexts(id, [alix, bo], ["psst", "yes?"]);
      await expectMembers(id, [alix, bo], [alix, bo]);
      const conversation = await alix.conversation(id);
      expect(conversation).toMatchObject({
        kind: "dm",
        peerInboxId: bo.inboxId,
      });
    });

    test("that ours makes goes both ways", async () => {
      const { id } = await alix.client.conversations.newDm(carol.inboxId);
      await alix.sendText(id, "psst");
      await carol.do("syncAll");
      await carol.sendText(id, "yes?");
      await expectTexts(id, [alix, carol], ["psst", "yes?"]);
      await expectMembers(id, [alix, carol], [alix, carol]);
      expect(await carol.conversation(id)).toMatchObject({
        kind: "Dm",
        dmPeerInboxId: alix.inboxId,
      });
    });
  });
});
