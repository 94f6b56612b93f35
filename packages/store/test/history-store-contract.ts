import {
  noRows,
  sampleConsent,
  sampleGroup,
  sampleHmacKey,
  sampleId,
  sampleMessage,
  sampleNs,
  writing,
} from "@history-sync/archive/testing";
import {
  groupIdOf,
  installationIdOf,
  messageIdOf,
} from "@history-sync/primitives";
import { DeliveryStatusSave } from "@history-sync/proto/device-sync";
import { describe, expect, test } from "vitest";
import type { HistoryStore } from "../src/index.js";

const group = sampleGroup(1);
const groupId = groupIdOf(group.id);

/** Tests every `HistoryStore`, beyond the contracts of its two ports. */
export function historyStoreContract(
  name: string,
  factory: () => Promise<{
    readonly history: HistoryStore;
    readonly close?: () => Promise<void>;
  }>,
): void {
  const on = (what: string, run: (history: HistoryStore) => Promise<void>) =>
    test(what, async () => {
      const { history, close } = await factory();
      try {
        await run(history);
      } finally {
        await close?.();
      }
    });

  describe(`${name} is a HistoryStore`, () => {
    on("that can be empty", async (history) => {
      expect(await history.conversations()).toEqual([]);
      expect(await history.conversation(groupId)).toBeUndefined();
      expect(await history.messages(groupId)).toEqual([]);
      expect(await history.message(messageIdOf(sampleId(1)))).toBeUndefined();
      expect(await history.consent(1, "00")).toBeUndefined();
      expect(await history.consentRecords()).toEqual([]);
      expect(await history.hmacKey()).toBeUndefined();
      expect(await history.counts()).toEqual({
        conversations: 0,
        messages: 0,
        consent: 0,
      });
    });

    on(
      "with the newest conversation first, without sync groups",
      async (history) => {
        const quiet = sampleGroup(5, { createdAtNs: sampleNs + 5n });
        const busy = sampleGroup(2, { lastMessageNs: sampleNs + 9n });
        const old = sampleGroup(9, { lastMessageNs: sampleNs });
        const sync = sampleGroup(3, { conversationType: 3 });
        await history.put({ groups: [old, sync, quiet, busy] });
        expect(await history.conversations()).toEqual([busy, quiet, old]);
        expect(await history.conversation(groupIdOf(sync.id))).toEqual(sync);
        expect((await history.counts()).conversations).toBe(3);
      },
    );

    on(
      "with a conversation's messages in pages, newest first",
      async (history) => {
        const other = sampleGroup(2);
        const numbers = Array.from({ length: 7 }, (_, n) => n);
        // Three of one time, so that a page ends among equals.
        const messages = numbers.map((n) =>
          sampleMessage(n, group, { sentAtNs: sampleNs + BigInt(n - (n % 3)) }),
        );
        await history.put({
          groups: [group, other],
          messages: [...messages, sampleMessage(50, other)],
        });
        const newestFirst = messages.toReversed();
        expect(await history.messages(groupId)).toEqual(newestFirst);
        const pages = [];
        let page = await history.messages(groupId, { limit: 2 });
        while (page.length > 0) {
          pages.push(...page);
          const before = page.at(-1);
          page = await history.messages(groupId, {
            limit: 2,
            ...(before ? { before } : {}),
          });
        }
        expect(pages).toEqual(newestFirst);
        expect(await history.message(messageIdOf(sampleId(3)))).toEqual(
          messages[3],
        );
      },
    );

    on(
      "with the messages of several conversations in pages, newest first",
      async (history) => {
        const groups = [1, 2, 3].map((n) => sampleGroup(n));
        const [one, two, three] = groups.map(({ id }) => groupIdOf(id));
        if (!one || !two || !three) throw new TypeError("expected three ids");
        // In turns, in runs and at one time, so that pages end anywhere among them.
        const owners = [0, 1, 0, 0, 1, 1, 1, 2, 0, 1];
        const messages = owners.map((owner, n) =>
          sampleMessage(n, groups[owner] ?? group, {
            sentAtNs: sampleNs + BigInt(n - (n % 3)),
          }),
        );
        await history.put({ groups, messages });
        const expected = messages
          .filter((_, n) => owners[n] !== 2)
          .toReversed();
        for (const limit of [1, 2, 3, 4, 20]) {
          const pages = [];
          let page = await history.messages([one, two], { limit });
          while (page.length > 0) {
            expect(page.length).toBeLessThanOrEqual(limit);
            pages.push(...page);
            const before = page.at(-1);
            page = await history.messages([two, one], {
              limit,
              ...(before && { before }),
            });
          }
          expect(pages).toEqual(expected);
        }
        expect(await history.messages([three])).toEqual([messages[7]]);
        expect(await history.messages([])).toEqual([]);
        const all = await history.messages([one, one, two, three]);
        expect(all).toEqual(messages.toReversed());
      },
    );

    on(
      "that knows the groups of a DM, the one with the newest message first",
      async (history) => {
        const dmId = `dm:${"a1".repeat(32)}:${"b2".repeat(32)}`;
        const dm = { dmId, conversationType: 2 };
        const quiet = sampleGroup(1, dm);
        const restored = sampleGroup(2, {
          ...dm,
          membershipState: 4,
          lastMessageNs: sampleNs + 8n,
        });
        const busy = sampleGroup(3, { ...dm, lastMessageNs: sampleNs + 9n });
        const other = sampleGroup(4, { ...dm, dmId: `${dmId}0` });
        const claims = sampleGroup(5, { dmId });
        await history.put({ groups: [quiet, busy, other, claims] });
        const page = { ...noRows, groups: [restored] };
        await history.mergePage(page, (_local, rows) => writing(rows));
        expect(await history.dmGroups(dmId)).toEqual([busy, restored, quiet]);
        expect(await history.dmGroups(`${dmId}0`)).toEqual([other]);
        expect(await history.dmGroups("dm:a:b")).toEqual([]);
        await history.put({
          groups: [{ ...quiet, lastMessageNs: sampleNs + 10n }],
        });
        const ids = (await history.dmGroups(dmId)).map(({ id }) => id);
        expect(ids).toEqual([quiet.id, busy.id, restored.id]);
      },
    );

    on(
      "that hands out a hundred messages where no limit is given",
      async (history) => {
        const messages = Array.from({ length: 101 }, (_, n) =>
          sampleMessage(n, group),
        );
        await history.put({ groups: [group], messages });
        expect(await history.messages(groupId)).toHaveLength(100);
        expect(await history.messages(groupId, { limit: 0 })).toEqual([]);
      },
    );

    on("with consent and the HMAC key", async (history) => {
      const consent = [sampleConsent(1), sampleConsent(2, { state: 3 })];
      const hmacKey = sampleHmacKey(1);
      await history.put({ consent: consent.toReversed(), hmacKey });
      expect(await history.consentRecords()).toEqual(consent);
      const { entity } = sampleConsent(2);
      expect(await history.consent(1, entity)).toEqual(consent[1]);
      expect(await history.consent(2, entity)).toBeUndefined();
      expect(await history.hmacKey()).toEqual(hmacKey);
      expect((await history.counts()).consent).toBe(2);
    });

    on("that writes over its own rows", async (history) => {
      await history.put({
        groups: [group],
        messages: [sampleMessage(1, group)],
      });
      const sent = sampleMessage(1, group, { deliveryStatus: 3 });
      await history.put({ messages: [sent] });
      expect(await history.messages(groupId)).toEqual([sent]);
    });

    on(
      "that tells which messages wait to be sent, oldest first",
      async (history) => {
        const other = sampleGroup(2);
        const words = [{}, { shouldPush: true }, { shouldPush: false }];
        const waiting = [3, 1, 2].map((n, i) =>
          sampleMessage(n, group, {
            deliveryStatus: DeliveryStatusSave.UNPUBLISHED,
            ...words[i],
          }),
        );
        const [last, first, middle] = waiting;
        const elsewhere = sampleMessage(5, other, {
          deliveryStatus: DeliveryStatusSave.UNPUBLISHED,
        });
        await history.put({
          groups: [group, other],
          messages: [sampleMessage(4, group), ...waiting, elsewhere],
        });
        expect(await history.unpublished(groupId)).toEqual([
          first,
          middle,
          last,
        ]);
        // It comes back from the node, with the node's time.
        const sent = sampleMessage(1, group, { sentAtNs: sampleNs + 9n });
        const failed = sampleMessage(2, group, {
          deliveryStatus: DeliveryStatusSave.FAILED,
        });
        await history.put({ messages: [sent, failed] });
        expect(await history.unpublished(groupId)).toEqual([last]);
        expect(await history.unpublished(groupIdOf(other.id))).toEqual([
          elsewhere,
        ]);
        expect(await history.messages(groupId)).toHaveLength(4);
      },
    );

    on("that knows which import brought a row (T13)", async (history) => {
      const origin = {
        archiveId: sampleId(5, 16),
        installationId: sampleId(6),
      };
      await history.put({
        groups: [group],
        messages: [sampleMessage(1, group)],
      });
      const page = {
        ...noRows,
        groups: [sampleGroup(1, { lastMessageNs: 5n }), sampleGroup(2)],
        messages: [sampleMessage(2, group)],
        import: { id: "from my laptop", cursor: 3, ...origin },
      };
      await history.mergePage(page, (_local, rows) => writing(rows));
      const { archiveId } = origin;
      const laptop = {
        importId: "from my laptop",
        archiveId,
        installationId: installationIdOf(origin.installationId),
      };
      const later = { id: "another", cursor: 1 };
      await history.mergePage({ ...page, import: later }, (_local, rows) =>
        writing(rows),
      );
      const ofMessage = (n: number) =>
        history.provenance({ message: messageIdOf(sampleId(n)) });
      const ofConversation = (n: number) =>
        history.provenance({ conversation: groupIdOf(sampleId(n, 16)) });
      expect(await ofMessage(1)).toBeUndefined();
      expect(await ofMessage(2)).toEqual(laptop);
      expect(await ofMessage(3)).toBeUndefined();
      expect(await ofConversation(1)).toBeUndefined();
      expect(await ofConversation(2)).toEqual(laptop);
    });
  });
}
