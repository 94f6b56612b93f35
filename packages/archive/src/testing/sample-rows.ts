import { create } from "@bufbuild/protobuf";
import {
  type ConsentSave,
  ConsentSaveSchema,
  ConsentStateSave,
  ConsentTypeSave,
  ConversationTypeSave,
  DeliveryStatusSave,
  GroupMembershipStateSave,
  GroupMessageKindSave,
  type GroupMessageSave,
  GroupMessageSaveSchema,
  type GroupSave,
  GroupSaveSchema,
  type HmacKeySave,
  HmacKeySaveSchema,
} from "@history-sync/proto/device-sync";

/** The time of the sample rows; row `n` has `sampleNs + n`. */
export const sampleNs = 1_700_000_000_000_000_000n;

const inboxId = "1f".repeat(32);

/** Returns an id with `n` in its last bytes, so that ids sort as their numbers do. */
export function sampleId(n: number, length = 32): Uint8Array<ArrayBuffer> {
  const id = new Uint8Array(length);
  new DataView(id.buffer).setUint32(length - 4, n);
  return id;
}

/** Returns conversation `n`. */
export function sampleGroup(
  n: number,
  fields: Partial<Omit<GroupSave, "$typeName">> = {},
): GroupSave {
  return create(GroupSaveSchema, {
    id: sampleId(n, 16),
    createdAtNs: sampleNs + BigInt(n),
    membershipState: GroupMembershipStateSave.ALLOWED,
    addedByInboxId: inboxId,
    conversationType: ConversationTypeSave.GROUP,
    metadata: { creatorInboxId: inboxId },
    mutableMetadata: { attributes: { group_name: `group ${n}` } },
    ...fields,
  });
}

/** Returns message `n`. */
export function sampleMessage(
  n: number,
  group: Pick<GroupSave, "id">,
  fields: Partial<Omit<GroupMessageSave, "$typeName">> = {},
): GroupMessageSave {
  return create(GroupMessageSaveSchema, {
    id: sampleId(n),
    groupId: group.id,
    decryptedMessageBytes: new TextEncoder().encode(`message ${n}`),
    sentAtNs: sampleNs + BigInt(n),
    kind: GroupMessageKindSave.APPLICATION,
    senderInstallationId: sampleId(1),
    senderInboxId: inboxId,
    deliveryStatus: DeliveryStatusSave.PUBLISHED,
    versionMajor: 1,
    authorityId: "xmtp.org",
    contentType: "text",
    ...fields,
  });
}

/** Returns consent record `n`. */
export function sampleConsent(
  n: number,
  fields: Partial<Omit<ConsentSave, "$typeName">> = {},
): ConsentSave {
  return create(ConsentSaveSchema, {
    entityType: ConsentTypeSave.CONVERSATION_ID,
    state: ConsentStateSave.ALLOWED,
    entity: n.toString(16).padStart(32, "0"),
    consentedAtNs: sampleNs + BigInt(n),
    ...fields,
  });
}

/** Returns HMAC key `n`. */
export function sampleHmacKey(n: number): HmacKeySave {
  return create(HmacKeySaveSchema, {
    key: new Uint8Array(42).fill(n),
    cycledAtNs: sampleNs + BigInt(n),
  });
}
