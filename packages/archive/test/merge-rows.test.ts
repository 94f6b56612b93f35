import {
  ConversationTypeSave,
  GroupMembershipStateSave,
} from "@history-sync/proto/device-sync";
import { expect, test } from "vitest";
import { mergeRows } from "../src/index.js";
import {
  noRows,
  sampleConsent,
  sampleGroup,
  sampleHmacKey,
  sampleId,
  sampleMessage,
  sampleNs,
} from "../src/testing/index.js";

const merge = mergeRows(sampleNs);
const restored = GroupMembershipStateSave.RESTORED;
const group = sampleGroup(1);

test("a new conversation is imported with all its metadata, as restored (T20)", () => {
  const { write, counts } = merge(noRows, { ...noRows, groups: [group] });
  expect(write.groups).toEqual([{ ...group, membershipState: restored }]);
  expect(counts.groups.inserted).toBe(1);
});

test("a known conversation takes the later last message time, and no rights (T20)", () => {
  const mutableMetadata = {
    ...group.mutableMetadata,
    superAdminList: ["evil"],
  } as never;
  const other = sampleGroup(1, { lastMessageNs: 7n, mutableMetadata });
  const local = { ...noRows, groups: [sampleGroup(1, { lastMessageNs: 5n })] };
  const { write, counts } = merge(local, { ...noRows, groups: [other] });
  expect(write.groups).toEqual([sampleGroup(1, { lastMessageNs: 7n })]);
  expect(counts.groups.updated).toBe(1);
  const again = merge(write, { ...noRows, groups: [other, group] });
  expect(again.write.groups).toEqual([]);
  expect(again.counts.groups.alreadyThere).toBe(2);
});

test("a message without its conversation gets a stub, which a later archive completes", () => {
  const messages = [sampleMessage(3, group), sampleMessage(2, group)];
  const first = merge(noRows, { ...noRows, messages });
  expect(first.write.messages).toEqual(messages);
  expect(first.counts.stubs).toBe(1);
  expect(first.write.groups).toMatchObject([
    {
      id: group.id,
      conversationType: ConversationTypeSave.UNSPECIFIED,
      membershipState: restored,
      lastMessageNs: sampleNs + 3n,
    },
  ]);
  const later = merge(first.write, {
    ...noRows,
    messages: [sampleMessage(4, group)],
  });
  expect(later.counts.stubs).toBe(0);
  expect(later.write.groups[0]?.lastMessageNs).toBe(sampleNs + 4n);
  const local = { ...noRows, groups: later.write.groups };
  const filled = merge(local, { ...noRows, groups: [group] });
  expect(filled.counts.groups.updated).toBe(1);
  expect(filled.write.groups).toEqual([
    { ...group, membershipState: restored, lastMessageNs: sampleNs + 4n },
  ]);
});

test("an untyped conversation is kept and counted, and doesn't change a typed one", () => {
  const untyped = sampleGroup(1, {
    conversationType: ConversationTypeSave.UNSPECIFIED,
  });
  const page = { ...noRows, groups: [untyped] };
  expect(merge(noRows, page).counts).toMatchObject({ untyped: 1, stubs: 0 });
  expect(merge({ ...noRows, groups: [group] }, page).write.groups).toEqual([]);
});

test("another body, sender or conversation of a known message is a conflict (T13)", () => {
  const message = sampleMessage(1, group);
  const local = { ...noRows, groups: [group], messages: [message] };
  const forgeries = [
    { decryptedMessageBytes: Uint8Array.of(1) },
    { senderInboxId: "ab".repeat(32) },
    { senderInstallationId: sampleId(9) },
    { groupId: sampleId(7, 16) },
    { kind: 2 },
  ];
  for (const forged of forgeries) {
    const messages = [sampleMessage(1, group, forged)];
    const { write, counts, conflicts } = merge(local, { ...noRows, messages });
    expect(write).toEqual({ ...noRows, hmacKey: undefined });
    expect(counts.messages.conflicts).toBe(1);
    expect(conflicts).toEqual([message.id]);
  }
  const resent = { sentAtNs: 1n, deliveryStatus: 3, sequenceId: 4n };
  const messages = [sampleMessage(1, group, resent)];
  const { counts } = merge(local, { ...noRows, messages });
  expect(counts.messages).toMatchObject({ alreadyThere: 1, conflicts: 0 });
});

test("the first of two messages with the same id on a page wins (T13)", () => {
  const other = { decryptedMessageBytes: Uint8Array.of(1) };
  const messages = [sampleMessage(1, group), sampleMessage(1, group, other)];
  const { write, conflicts } = merge(noRows, { ...noRows, messages });
  expect(write.messages).toEqual([sampleMessage(1, group)]);
  expect(conflicts).toEqual([sampleId(1)]);
});

test("nothing is imported into a sync group", () => {
  const sync = sampleGroup(1, { conversationType: ConversationTypeSave.SYNC });
  const local = { ...noRows, groups: [sync] };
  const { write, counts } = merge(local, {
    ...noRows,
    groups: [sampleGroup(2, { conversationType: ConversationTypeSave.SYNC })],
    messages: [sampleMessage(1, sync)],
  });
  expect(write).toEqual({ ...noRows, hmacKey: undefined });
  expect(counts.groups.skipped).toEqual({ "sync-group": 1 });
  expect(counts.messages.skipped).toEqual({ "sync-group": 1 });
});

test("preference updates are merged by the same rules", () => {
  const { write, counts } = merge(noRows, {
    ...noRows,
    consent: [sampleConsent(1), sampleConsent(2, { state: 0 })],
    hmacKey: { ...sampleHmacKey(1), key: new Uint8Array(41) },
  });
  expect(write.consent).toEqual([sampleConsent(1)]);
  expect(write.hmacKey).toBeUndefined();
  expect(counts.consent.skipped).toEqual({ "consent-state": 1 });
  expect(counts.hmacKey.skipped).toEqual({ "key-length": 1 });
});
