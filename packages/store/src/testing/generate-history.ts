import { create, toBinary } from "@bufbuild/protobuf";
import { mergeRows } from "@history-sync/archive";
import { concatBytes } from "@history-sync/primitives";
import { unsafeSeededBytes } from "@history-sync/primitives/testing";
import {
  ConversationTypeSave,
  DeliveryStatusSave,
  GroupMembershipStateSave,
  GroupMessageKindSave,
  type GroupMessageSave,
  GroupMessageSaveSchema,
  type GroupSave,
  GroupSaveSchema,
} from "@history-sync/proto/device-sync";
import { EncodedContentSchema } from "@history-sync/proto/message-contents";
import type { HistoryStore } from "../history-store.js";
import { ChatText } from "./chat-text.js";

const conversations = 50;
const inboxes = 60;
const rowsAPage = 2_000;
const startNs = 1_700_000_000_000_000_000n;
const stepNs = 30_000_000_000n;
const meanTextBytes = 200;

/** Fills a store with that many generated messages, evenly over 50 conversations. Every run generates the same ones. */
export async function generateHistory(
  history: HistoryStore,
  messages: number,
): Promise<void> {
  const random = unsafeSeededBytes(20_09);
  const text = new ChatText(random, meanTextBytes);
  const merge = mergeRows(startNs + BigInt(messages) * stepNs);
  const groups = Array.from({ length: conversations }, (_, i) => group(i));
  await history.mergePage({ groups, messages: [], consent: [] }, merge);
  for (let at = 0; at < messages; at += rowsAPage) {
    const page = Array.from(
      { length: Math.min(rowsAPage, messages - at) },
      (_, i) => message(at + i, random(32), text.next()),
    );
    await history.mergePage({ groups: [], messages: page, consent: [] }, merge);
  }
}

function group(index: number): GroupSave {
  return create(GroupSaveSchema, {
    id: groupId(index),
    createdAtNs: startNs,
    membershipState: GroupMembershipStateSave.ALLOWED,
    addedByInboxId: inbox(index),
    conversationType: ConversationTypeSave.GROUP,
    metadata: { creatorInboxId: inbox(index) },
    mutableMetadata: { attributes: { group_name: `Conversation ${index}` } },
  });
}

function message(
  index: number,
  id: Uint8Array,
  text: string,
): GroupMessageSave {
  const sender = (index * 7) % inboxes;
  return create(GroupMessageSaveSchema, {
    id,
    groupId: groupId(index % conversations),
    decryptedMessageBytes: toBinary(
      EncodedContentSchema,
      create(EncodedContentSchema, {
        type: { authorityId: "xmtp.org", typeId: "text", versionMajor: 1 },
        parameters: { encoding: "UTF-8" },
        content: new TextEncoder().encode(text),
      }),
    ),
    sentAtNs: startNs + BigInt(index) * stepNs,
    kind: GroupMessageKindSave.APPLICATION,
    senderInstallationId: new Uint8Array(32).fill(sender),
    senderInboxId: inbox(sender),
    deliveryStatus: DeliveryStatusSave.PUBLISHED,
    versionMajor: 1,
    authorityId: "xmtp.org",
    sequenceId: BigInt(index + 1),
    originatorId: 10n,
    contentType: "text",
  });
}

function groupId(index: number): Uint8Array {
  return concatBytes(new Uint8Array(15).fill(0xc0), Uint8Array.of(index));
}

function inbox(index: number): string {
  return index.toString(16).padStart(2, "0").repeat(32);
}
