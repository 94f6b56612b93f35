import { create } from "@bufbuild/protobuf";
import { mergeRows } from "@history-sync/archive";
import { groupId, nowNs, toHex } from "@history-sync/primitives";
import {
  ConversationTypeSave,
  DeliveryStatusSave,
  GroupMembershipStateSave,
  GroupMessageKindSave,
  GroupMessageSaveSchema,
  GroupSaveSchema,
} from "@history-sync/proto/device-sync";
import { expect, test } from "vitest";
import type { HistoryOptions } from "../src/index.js";
import { start, together } from "./pair.js";
import { Disk, seenBy, settle, World } from "./world.js";

const nsPerDay = 24n * 60n * 60n * 1_000_000_000n;
const groups = [1, 2].map((byte) => new Uint8Array(16).fill(byte));
const [first, second] = groups.map((id) => groupId(toHex(id)));

/** Two conversations with ten messages each, one a day. */
async function asked(world: World, optionsOf: (now: bigint) => HistoryOptions) {
  const now = nowNs(world.clock);
  const disk = new Disk();
  await disk.history.mergePage(
    {
      groups: groups.map((id) =>
        create(GroupSaveSchema, {
          id,
          createdAtNs: now - 100n * nsPerDay,
          membershipState: GroupMembershipStateSave.ALLOWED,
          conversationType: ConversationTypeSave.GROUP,
          metadata: { creatorInboxId: "b2".repeat(32) },
        }),
      ),
      messages: groups.flatMap((id, g) =>
        Array.from({ length: 10 }, (_, day) =>
          create(GroupMessageSaveSchema, {
            id: new Uint8Array(32).fill(20 * g + day + 1),
            groupId: id,
            decryptedMessageBytes: new Uint8Array(1_000),
            sentAtNs: now - BigInt(day) * nsPerDay - 1_000_000_000n,
            kind: GroupMessageKindSave.APPLICATION,
            senderInstallationId: new Uint8Array(32).fill(9),
            senderInboxId: "b2".repeat(32),
            deliveryStatus: DeliveryStatusSave.PUBLISHED,
            authorityId: "xmtp.org",
            contentType: "text",
          }),
        ),
      ),
      consent: [],
    },
    mergeRows(now),
  );
  const alice = await start(world, disk);
  const phone = await start(world);
  await together(alice, phone);
  const { pin } = await phone.worker.request(optionsOf(now));
  await settle(alice, phone);
  const { stage } = (await seenBy(phone, pin)) ?? {};
  if (stage?.name !== "receipted") throw new TypeError("it came");
  return {
    phone,
    alice,
    now,
    counts: stage.receipt.conversations.map(({ present }) => present),
  };
}

test.each<[string, (now: bigint) => HistoryOptions, readonly number[]]>([
  ["everything", () => ({}), [10, 10]],
  ["the last days", () => ({ days: 3 }), [3, 3]],
  ["a window", (now) => ({ endNs: now - 8n * nsPerDay }), [2, 2]],
  ["one conversation", () => ({ conversations: first ? [first] : [] }), [10]],
  ["the newest of each", () => ({ newestPerConversation: 4 }), [4, 4]],
  ["so many bytes", () => ({ maxBytes: 8_000 }), [3, 3]],
])("the requester gets %s", async (_, optionsOf, expected) => {
  await using world = new World();
  const { counts } = await asked(world, optionsOf);
  expect([...counts].sort((a, b) => b - a)).toEqual(expected);
});

test("a conversation's older messages arrive when they are requested", async () => {
  await using world = new World();
  const { phone, alice, now } = await asked(world, () => ({ days: 3 }));
  expect(phone.disk.history.messages).toBe(6);
  if (!second) throw new TypeError("there are two");
  await phone.worker.requestOlder(second, now - 3n * nsPerDay);
  await settle(alice, phone);
  expect(phone.disk.history.messages).toBe(13);
});
