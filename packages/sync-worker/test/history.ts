import { create } from "@bufbuild/protobuf";
import { mergeRows } from "@history-sync/archive";
import type { MemoryHistory } from "@history-sync/archive/memory";
import { unsafeSeededBytes } from "@history-sync/primitives/testing";
import {
  ConsentSaveSchema,
  ConsentStateSave,
  ConsentTypeSave,
  ConversationTypeSave,
  DeliveryStatusSave,
  GroupMembershipStateSave,
  GroupMessageKindSave,
  GroupMessageSaveSchema,
  GroupSaveSchema,
} from "@history-sync/proto/device-sync";

const groupId: Uint8Array = new Uint8Array(16).fill(0xc0);
export const friend: string = "b2".repeat(32);

/** One conversation with as many messages, and one consent. */
export async function remember(history: MemoryHistory, messages: number) {
  const random = unsafeSeededBytes(messages);
  const now = BigInt(Date.now()) * 1_000_000n;
  await history.mergePage(
    {
      groups: [
        create(GroupSaveSchema, {
          id: groupId,
          createdAtNs: 1n,
          membershipState: GroupMembershipStateSave.ALLOWED,
          conversationType: ConversationTypeSave.GROUP,
          addedByInboxId: friend,
          metadata: { creatorInboxId: friend },
          mutableMetadata: { attributes: { group_name: "old friends" } },
        }),
      ],
      messages: Array.from({ length: messages }, (_, i) =>
        create(GroupMessageSaveSchema, {
          id: messageId(i),
          groupId,
          // Nothing that a compressor could gain much from.
          decryptedMessageBytes: random(64),
          sentAtNs: now - BigInt(i + 1) * 1_000_000_000n,
          kind: GroupMessageKindSave.APPLICATION,
          senderInstallationId: new Uint8Array(32).fill(9),
          senderInboxId: friend,
          deliveryStatus: DeliveryStatusSave.PUBLISHED,
          authorityId: "xmtp.org",
          contentType: "text",
          versionMajor: 1,
        }),
      ),
      consent: [consent(ConsentStateSave.ALLOWED, 5n)],
    },
    mergeRows(now),
  );
}

function messageId(i: number): Uint8Array {
  const id = new Uint8Array(32);
  new DataView(id.buffer).setUint32(0, i + 1);
  return id;
}

export function consent(state: ConsentStateSave, consentedAtNs: bigint) {
  return create(ConsentSaveSchema, {
    entityType: ConsentTypeSave.INBOX_ID,
    state,
    entity: friend,
    consentedAtNs,
  });
}
