import { create } from "@bufbuild/protobuf";
import {
  nowNs,
  systemClock,
  systemRandomBytes,
} from "@history-sync/primitives";
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
import type { Store } from "@history-sync/store";

const friend = "b2".repeat(32);

/** Gives a store a past: one conversation with as many messages of as many random bytes, and what the user thinks of a friend. */
export async function remember(
  { history }: Store,
  messages: number,
  bytesEach = 64,
): Promise<void> {
  const groupId = systemRandomBytes(16);
  const now = nowNs(systemClock);
  await history.put({
    groups: [
      create(GroupSaveSchema, {
        id: groupId,
        createdAtNs: 1n,
        membershipState: GroupMembershipStateSave.ALLOWED,
        conversationType: ConversationTypeSave.GROUP,
        metadata: { creatorInboxId: friend },
        mutableMetadata: { attributes: { group_name: "old friends" } },
      }),
    ],
    messages: Array.from({ length: messages }, (_, i) =>
      create(GroupMessageSaveSchema, {
        id: systemRandomBytes(32),
        groupId,
        decryptedMessageBytes: systemRandomBytes(bytesEach),
        sentAtNs: now - BigInt(messages - i) * 1_000_000_000n,
        kind: GroupMessageKindSave.APPLICATION,
        senderInstallationId: new Uint8Array(32).fill(9),
        senderInboxId: friend,
        deliveryStatus: DeliveryStatusSave.PUBLISHED,
        authorityId: "xmtp.org",
        contentType: "text",
      }),
    ),
    consent: [
      create(ConsentSaveSchema, {
        entityType: ConsentTypeSave.INBOX_ID,
        state: ConsentStateSave.ALLOWED,
        entity: friend,
        consentedAtNs: 5n,
      }),
    ],
  });
}
