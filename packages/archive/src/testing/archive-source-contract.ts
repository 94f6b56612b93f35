import { groupIdOf, toHex } from "@history-sync/primitives";
import {
  ConversationTypeSave,
  GroupMessageKindSave,
} from "@history-sync/proto/device-sync";
import { describe, expect, test } from "vitest";
import { compareBytes } from "../compare-bytes.js";
import {
  type History,
  type HistoryFactory,
  noRows,
  put,
  readHistory,
  writing,
} from "./history.js";
import {
  sampleConsent,
  sampleGroup,
  sampleHmacKey,
  sampleId,
  sampleMessage,
  sampleNs,
} from "./sample-rows.js";

const secondNs = 1_000_000_000n;

/** Registers the vitest suite that every `ArchiveSource` must pass. */
export function archiveSourceContract(
  name: string,
  factory: HistoryFactory,
): void {
  const on = (what: string, run: (history: History) => Promise<void>) =>
    test(what, async () => {
      const { history, close } = await factory();
      try {
        await run(history);
      } finally {
        await close?.();
      }
    });

  describe(`${name} is an ArchiveSource`, () => {
    on("that can be empty", async (history) => {
      expect(await readHistory(history)).toEqual({
        ...noRows,
        hmacKey: undefined,
      });
    });

    on("whose snapshot doesn't see later writes", async (history) => {
      const group = sampleGroup(1);
      await put(history, {
        groups: [group],
        messages: [sampleMessage(1, group)],
      });
      const snapshot = await history.snapshot();
      await put(history, {
        groups: [sampleGroup(2)],
        messages: [sampleMessage(2, group)],
        consent: [sampleConsent(1)],
        hmacKey: sampleHmacKey(1),
      });
      const selection = { nowNs: sampleNs };
      const seen = { groups: 0, messages: 0, consent: 0 };
      for await (const page of snapshot.groups(selection)) {
        seen.groups += page.length;
      }
      for await (const page of snapshot.messages(selection, "oldest-first")) {
        seen.messages += page.length;
      }
      for await (const page of snapshot.consent(selection)) {
        seen.consent += page.length;
      }
      expect(seen).toEqual({ groups: 1, messages: 1, consent: 0 });
      expect(await snapshot.hmacKey()).toBeUndefined();
      await snapshot.close();
      await snapshot.close();
      expect((await readHistory(history)).messages).toHaveLength(2);
    });

    on("with messages by time and id, over many pages", async (history) => {
      const groups = [sampleGroup(1), sampleGroup(2)] as const;
      const messages = Array.from({ length: 2_300 }, (_, n) =>
        // Ten messages have the same time; ids are in the opposite order of times.
        sampleMessage(5_000 - n, groups[n % 2 === 0 ? 0 : 1], {
          sentAtNs: sampleNs + BigInt(Math.floor(n / 10)),
        }),
      );
      await put(history, { groups, messages });
      const expected = messages.toSorted((a, b) =>
        a.sentAtNs === b.sentAtNs
          ? compareBytes(a.id, b.id)
          : Number(a.sentAtNs - b.sentAtNs),
      );
      expect((await readHistory(history)).messages).toEqual(expected);
    });

    on("with conversations by id, over many pages", async (history) => {
      const groups = Array.from({ length: 1_100 }, (_, n) => sampleGroup(n));
      await put(history, { groups: groups.toReversed() });
      expect((await readHistory(history)).groups).toEqual(groups);
    });

    on(
      "whose window starts after startNs and ends with endNs",
      async (history) => {
        const groups = [1, 2, 3, 4].map((n) => sampleGroup(n));
        await put(history, {
          groups,
          messages: groups.map((group, i) => sampleMessage(i + 1, group)),
        });
        const window = { startNs: sampleNs + 1n, endNs: sampleNs + 3n };
        const { groups: seen, messages } = await readHistory(history, window);
        expect(seen.map((group) => group.createdAtNs - sampleNs)).toEqual([
          2n,
          3n,
        ]);
        expect(messages.map((row) => row.sentAtNs - sampleNs)).toEqual([
          2n,
          3n,
        ]);
      },
    );

    on("with the conversation of every selected message", async (history) => {
      const [old, quiet] = [sampleGroup(1), sampleGroup(2)];
      await put(history, {
        groups: [old, quiet],
        messages: [sampleMessage(50, old), sampleMessage(3, quiet)],
      });
      const { groups } = await readHistory(history, {
        startNs: sampleNs + 10n,
      });
      expect(groups).toEqual([old]);
    });

    on("without sync groups and membership changes", async (history) => {
      const group = sampleGroup(1);
      const sync = sampleGroup(2, {
        conversationType: ConversationTypeSave.SYNC,
      });
      const change = sampleMessage(2, group, {
        kind: GroupMessageKindSave.MEMBERSHIP_CHANGE,
      });
      await put(history, {
        groups: [group, sync],
        messages: [sampleMessage(1, group), change, sampleMessage(3, sync)],
      });
      const { groups, messages } = await readHistory(history);
      expect(groups).toEqual([group]);
      expect(messages).toEqual([sampleMessage(1, group)]);
    });

    on("without messages that expired", async (history) => {
      const { group, before, after } = disappearing();
      await put(history, { groups: [group], messages: [before, after] });
      const atNs = after.sentAtNs + 10n * secondNs;
      const early = await readHistory(history, { nowNs: atNs - 1n });
      expect(early.messages).toEqual([before, after]);
      const late = await readHistory(history, { nowNs: atNs });
      expect(late.messages).toEqual([before]);
    });

    on("with restored messages, which don't expire", async (history) => {
      const { group, before, after } = disappearing();
      const page = { ...noRows, groups: [group], messages: [before, after] };
      await history.mergePage(
        { ...page, import: { id: "past", cursor: 3 } },
        (_local, rows) => writing(rows),
      );
      const nowNs = after.sentAtNs + 10n * secondNs;
      const { messages } = await readHistory(history, { nowNs });
      expect(messages).toEqual([before, after]);
      const excluding = { nowNs, excludeDisappearingMessages: true };
      expect((await readHistory(history, excluding)).messages).toEqual([
        before,
      ]);
    });

    on("without any message that will expire, if asked", async (history) => {
      const { group, before, after } = disappearing();
      const plain = sampleGroup(2);
      const switchedOff = sampleGroup(3, {
        messageDisappearFromNs: 0n,
        messageDisappearInNs: 0n,
      });
      const rest = [sampleMessage(100, plain), sampleMessage(101, switchedOff)];
      await put(history, {
        groups: [group, plain, switchedOff],
        messages: [before, after, ...rest],
      });
      const { messages } = await readHistory(history, {
        excludeDisappearingMessages: true,
      });
      expect(messages).toEqual([before, ...rest]);
    });

    on(
      "whose windows don't bring conversations of expired messages",
      async (history) => {
        const { group, after } = disappearing();
        await put(history, { groups: [group], messages: [after] });
        const { groups } = await readHistory(history, {
          startNs: group.createdAtNs,
          nowNs: after.sentAtNs + 11n * secondNs,
        });
        expect(groups).toEqual([]);
      },
    );

    on("that gives messages from the newest on, too", async (history) => {
      const group = sampleGroup(1);
      const messages = Array.from({ length: 2_300 }, (_, n) =>
        sampleMessage(n, group, {
          sentAtNs: sampleNs + BigInt(Math.floor(n / 10)),
        }),
      );
      await put(history, { groups: [group], messages });
      const seen = await readHistory(history, {}, "newest-first");
      expect(seen.messages).toEqual(messages.toReversed());
    });

    on("that takes chosen conversations alone", async (history) => {
      const groups = [1, 2, 3].map((n) => sampleGroup(n));
      const sync = sampleGroup(4, {
        conversationType: ConversationTypeSave.SYNC,
      });
      const messages = groups.map((group, i) => sampleMessage(i, group));
      await put(history, {
        groups: [...groups, sync],
        messages: [...messages, sampleMessage(9, sync)],
        consent: [
          ...[1, 2, 3, 7].map((n) => sampleConsent(n)),
          sampleConsent(0, { entityType: 2, entity: toHex(sampleId(2, 16)) }),
        ],
      });
      const chosen = [3, 1, 4, 7].map((n) => groupIdOf(sampleId(n, 16)));
      const seen = await readHistory(history, { conversations: chosen });
      expect(seen.groups).toEqual([groups[0], groups[2]]);
      expect(seen.messages).toEqual([messages[0], messages[2]]);
      expect(seen.consent).toEqual([1, 3, 7].map((n) => sampleConsent(n)));
      const none = await readHistory(history, { conversations: [] });
      expect(none).toEqual({ ...noRows, hmacKey: undefined });
    });

    on("that takes the newest of each conversation", async (history) => {
      const [busy, quiet] = [sampleGroup(1), sampleGroup(2)];
      const ofBusy = [10, 11, 12, 13].map((n) =>
        // They have the same time, so that the ids decide.
        sampleMessage(n, busy, { sentAtNs: sampleNs + 10n }),
      );
      const ofQuiet = [sampleMessage(1, quiet)];
      await put(history, {
        groups: [busy, quiet],
        messages: [...ofBusy, ...ofQuiet],
      });
      const newest = { newestPerConversation: 2 };
      const two = [...ofQuiet, ...ofBusy.slice(2)];
      expect((await readHistory(history, newest)).messages).toEqual(two);
      const reversed = await readHistory(history, newest, "newest-first");
      expect(reversed.messages).toEqual(two.toReversed());
      const early = await readHistory(history, {
        ...newest,
        endNs: sampleNs + 5n,
        conversations: [groupIdOf(quiet.id)],
      });
      expect(early.messages).toEqual(ofQuiet);
      const none = { newestPerConversation: 0, startNs: busy.createdAtNs };
      const empty = await readHistory(history, none);
      expect(empty.messages).toEqual([]);
      expect(empty.groups).toEqual([quiet]);
    });

    on("whose newest messages are those that don't expire", async (history) => {
      const { group, before, after } = disappearing();
      await put(history, { groups: [group], messages: [before, after] });
      const seen = await readHistory(history, {
        newestPerConversation: 1,
        nowNs: after.sentAtNs + 11n * secondNs,
      });
      expect(seen.messages).toEqual([before]);
    });

    on("with consent by kind and entity, and the HMAC key", async (history) => {
      const consent = [
        sampleConsent(1),
        sampleConsent(2),
        sampleConsent(0, { entityType: 2, entity: "ab".repeat(32) }),
      ];
      await put(history, {
        consent: consent.toReversed(),
        hmacKey: sampleHmacKey(7),
      });
      const seen = await readHistory(history);
      expect(seen.consent).toEqual(consent);
      expect(seen.hmacKey).toEqual(sampleHmacKey(7));
    });
  });
}

/** Messages of a conversation disappear ten seconds after they were sent, but not those sent before the setting. */
function disappearing() {
  const group = sampleGroup(1, {
    messageDisappearFromNs: sampleNs + 5n,
    messageDisappearInNs: 10n * secondNs,
  });
  return {
    group,
    before: sampleMessage(5, group),
    after: sampleMessage(6, group),
  };
}
