import { create } from "@bufbuild/protobuf";
import {
  GroupMembershipStateSave,
  type GroupMessageSave,
  type GroupSave,
  HmacKeySaveSchema,
} from "@history-sync/proto/device-sync";
import { describe, expect, test } from "vitest";
import type { Rows } from "../archive-sink.js";
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

/** Registers the vitest suite that every `ArchiveSink` must pass. The sink has to be an `ArchiveSource` too. */
export function archiveSinkContract(
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

  describe(`${name} is an ArchiveSink`, () => {
    on("with one cursor and one state for each import", async (history) => {
      expect(await history.progress("a")).toBeUndefined();
      const state = Uint8Array.of(1, 2);
      const step = (cursor: number) => ({
        ...noRows,
        import: { id: "a", cursor },
      });
      await history.mergePage(step(7), (_local, page) => ({
        ...writing(page),
        state,
      }));
      await put(history, { consent: [sampleConsent(1)] });
      expect(await history.progress("a")).toEqual({ cursor: 7, state });
      await history.mergePage(step(8), (_local, page) => writing(page));
      expect(await history.progress("a")).toEqual({ cursor: 8, state });
      expect(await history.progress("b")).toBeUndefined();
    });

    on(
      "that shows a merge the local rows it meets, and no others",
      async (history) => {
        const groups = [
          sampleGroup(1),
          sampleGroup(2),
          sampleGroup(3),
        ] as const;
        const messages = [
          sampleMessage(1, groups[0]),
          sampleMessage(2, groups[1]),
        ] as const;
        const consent = [sampleConsent(1), sampleConsent(2)] as const;
        const hmacKey = sampleHmacKey(1);
        await put(history, { groups, messages, consent, hmacKey });
        const page = {
          groups: [sampleGroup(1), sampleGroup(9)],
          messages: [messages[0], sampleMessage(8, groups[2])],
          consent: [sampleConsent(2), sampleConsent(9)],
          hmacKey: sampleHmacKey(2),
        };
        let met: Rows = noRows;
        await history.mergePage(page, (local) => {
          met = local;
          return writing(noRows);
        });
        expect(byId(met.groups)).toEqual([groups[0], groups[2]]);
        expect(met.messages).toEqual([messages[0]]);
        expect(met.consent).toEqual([consent[1]]);
        expect(met.hmacKey).toEqual(hmacKey);
      },
    );

    on(
      "that writes what a merge returns, and nothing else",
      async (history) => {
        await put(history, {
          groups: [sampleGroup(1)],
          consent: [sampleConsent(1)],
          hmacKey: sampleHmacKey(1),
        });
        const changed = sampleGroup(1, { lastMessageNs: 5n });
        const merged = writing({ ...noRows, groups: [changed] });
        const page = { ...noRows, groups: [sampleGroup(2)] };
        expect(await history.mergePage(page, () => merged)).toBe(merged);
        const seen = await readHistory(history);
        expect(seen.groups).toEqual([changed]);
        expect(seen.consent).toEqual([sampleConsent(1)]);
        expect(seen.hmacKey).toEqual(sampleHmacKey(1));
      },
    );

    on("that writes all of a page or nothing", async (history) => {
      const group = sampleGroup(1);
      const page = {
        ...noRows,
        groups: [group],
        import: { id: "a", cursor: 1 },
      };
      const failing = history.mergePage(page, () => {
        throw new RangeError("no merge");
      });
      await expect(failing).rejects.toThrow("no merge");
      const orphan = sampleMessage(1, sampleGroup(2));
      const refused = history.mergePage(
        { ...page, messages: [orphan] },
        (_local, rows) => writing(rows),
      );
      await expect(refused).rejects.toMatchObject({
        code: "unknown-conversation",
      });
      expect(await readHistory(history)).toEqual({
        ...noRows,
        hmacKey: undefined,
      });
      expect(await history.progress("a")).toBeUndefined();
    });

    on("that takes pages at once", async (history) => {
      const group = sampleGroup(1);
      await put(history, { groups: [group] });
      const numbers = Array.from({ length: 20 }, (_, n) => n);
      await Promise.all(
        numbers.map((n) =>
          put(history, { messages: [sampleMessage(n, group)] }),
        ),
      );
      expect((await readHistory(history)).messages).toHaveLength(20);
    });

    on("that keeps every field of every row", async (history) => {
      const rows = fullRows();
      await put(history, rows);
      expect(await readHistory(history)).toEqual(rows);
      await put(history, bareRows());
      expect(await readHistory(history)).toEqual({ ...rows, ...bareRows() });
    });

    on("that takes any text for text (T14)", async (history) => {
      const attributes = Object.fromEntries(
        hostileTexts.flatMap((text) => [
          [`k${text}`, text],
          [text, "value"],
        ]),
      );
      const groups = hostileTexts.map((text, n) =>
        sampleGroup(n, {
          dmId: text,
          mutableMetadata: {
            $typeName: "xmtp.device_sync.group_backup.MutableMetadataSave",
            attributes,
            adminList: [...hostileTexts],
            superAdminList: [text],
          },
        }),
      );
      const messages = hostileTexts.map((text, n) =>
        sampleMessage(n, sampleGroup(n), {
          contentType: text,
          senderInboxId: text,
        }),
      );
      const consent = hostileTexts.map((entity) =>
        sampleConsent(1, { entity }),
      );
      await put(history, { groups, messages, consent });
      const seen = await readHistory(history);
      expect(seen.groups).toEqual(groups);
      expect(seen.messages).toEqual(messages);
      expect(new Set(seen.consent.map(({ entity }) => entity))).toEqual(
        new Set(hostileTexts),
      );
      expect(({} as Record<string, unknown>).polluted).toBeUndefined();
    });

    on("that orders and keeps times of any size", async (history) => {
      const group = sampleGroup(1, {
        messageDisappearFromNs: 1n,
        messageDisappearInNs: maxInt64,
      });
      const times = [minInt64, -1n, 0n, 1n, maxInt64];
      const messages = times.map((sentAtNs, n) =>
        sampleMessage(n, group, { sentAtNs }),
      );
      await put(history, { groups: [group], messages: messages.toReversed() });
      expect((await readHistory(history)).messages).toEqual(messages);
    });
  });
}

const minInt64 = -(2n ** 63n);
const maxInt64 = 2n ** 63n - 1n;

const hostileTexts = [
  "'; DROP TABLE messages; --",
  '" OR 1=1 --',
  "%_\\",
  "__proto__",
  "constructor",
  "polluted",
  "nul\0inside",
  "",
  "\u202egnp.exe",
  "💬 ünïcödé",
  "x".repeat(100_000),
];

function byId(groups: readonly GroupSave[]): readonly GroupSave[] {
  return groups.toSorted((a, b) => (a.id[15] ?? 0) - (b.id[15] ?? 0));
}

/** Field 2000, length-delimited, which no version knows. */
const unknownField = {
  no: 2000,
  wireType: 2,
  data: Uint8Array.of(3, 1, 2, 3),
};

/** Rows with every field, and one that no version knows. */
function fullRows() {
  const group = sampleGroup(1, {
    membershipState: GroupMembershipStateSave.PENDING_REMOVE,
    installationsLastChecked: maxInt64,
    welcomeId: 0n,
    rotatedAtNs: -5n,
    dmId: "dm:a:b",
    lastMessageNs: 0n,
    messageDisappearFromNs: maxInt64,
    messageDisappearInNs: 9n,
    pausedForVersion: "",
    metadata: {
      $typeName: "xmtp.device_sync.group_backup.ImmutableMetadataSave",
      creatorInboxId: "",
      $unknown: [unknownField],
    },
    mutableMetadata: {
      $typeName: "xmtp.device_sync.group_backup.MutableMetadataSave",
      attributes: { a: "", "": "b" },
      adminList: ["x", "y"],
      superAdminList: ["z"],
      $unknown: [unknownField],
    },
    $unknown: [unknownField],
  });
  const message = sampleMessage(1, group, {
    contentTypeSave: 7,
    versionMajor: -1,
    versionMinor: 2 ** 31 - 1,
    referenceId: sampleId(3),
    sequenceId: maxInt64,
    originatorId: 0n,
    $unknown: [unknownField],
  });
  const consent = sampleConsent(1, { $unknown: [unknownField] });
  const hmacKey = create(HmacKeySaveSchema, {
    key: sampleId(9, 42),
    cycledAtNs: sampleNs,
    $unknown: [unknownField],
  });
  return {
    groups: [group],
    messages: [message],
    consent: [consent],
    hmacKey,
  };
}

/** The same rows without optional fields. */
function bareRows() {
  const { groups, messages, consent, hmacKey } = fullRows();
  const bareGroup = sampleGroup(1);
  delete bareGroup.metadata;
  delete bareGroup.mutableMetadata;
  const bareMessage: GroupMessageSave = sampleMessage(1, bareGroup, {
    decryptedMessageBytes: new Uint8Array(),
  });
  return {
    groups: groups.map(() => bareGroup),
    messages: messages.map(() => bareMessage),
    consent: consent.map(() => sampleConsent(1)),
    hmacKey: create(HmacKeySaveSchema, { cycledAtNs: hmacKey.cycledAtNs }),
  };
}
