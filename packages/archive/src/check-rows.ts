import {
  type ConsentSave,
  ConsentStateSave,
  ConsentTypeSave,
  ConversationTypeSave,
  DeliveryStatusSave,
  GroupMessageKindSave,
  type GroupMessageSave,
  type GroupSave,
  type HmacKeySave,
} from "@history-sync/proto/device-sync";
import { rowLimits as limits } from "./limits.js";

/**
 * The reason why a row is never written:
 * - `id`: a group, message or installation id has a wrong length.
 * - `sender`: the sender isn't an inbox id.
 * - `kind`: the kind of message is unspecified or unknown.
 * - `delivery-status`: it is unspecified or unknown.
 * - `sync-group`: it is a sync group, or a message in one.
 * - `consent-type`, `consent-state`: it is unspecified or unknown.
 * - `entity`: the consent is about something that is neither a group id nor an inbox id.
 * - `key-length`: the HMAC key isn't 42 bytes long.
 * - `time`: a time is before 1970; of a conversation or a message, also after 2099 (consent from the future is
 *   clamped).
 * - `too-long`: a text, a list or a body exceeds the limits.
 */
export type SkipReason =
  | "id"
  | "sender"
  | "kind"
  | "delivery-status"
  | "sync-group"
  | "consent-type"
  | "consent-state"
  | "entity"
  | "key-length"
  | "time"
  | "too-long";

/** A conversation's metadata is an unverified claim, so only its sizes are checked. */
export function checkGroup(group: GroupSave): SkipReason | undefined {
  if (!isGroupId(group.id)) return "id";
  if (group.conversationType === ConversationTypeSave.SYNC) return "sync-group";
  if (!isTime(group.createdAtNs)) return "time";
  if (!isTime(group.lastMessageNs ?? 0n)) return "time";
  const { attributes, adminList, superAdminList } = group.mutableMetadata ?? {
    attributes: {},
    adminList: [],
    superAdminList: [],
  };
  const names = [
    group.addedByInboxId,
    group.dmId ?? "",
    group.pausedForVersion ?? "",
    group.metadata?.creatorInboxId ?? "",
  ];
  const fits =
    names.every(isName) &&
    isList(adminList) &&
    adminList.every(isName) &&
    isList(superAdminList) &&
    superAdminList.every(isName) &&
    isList(Object.keys(attributes)) &&
    Object.entries(attributes).every(
      ([name, text]) => isName(name) && text.length <= limits.textLength,
    );
  return fits ? undefined : "too-long";
}

export function checkMessage(
  message: GroupMessageSave,
): SkipReason | undefined {
  if (message.id.length !== limits.messageIdBytes) return "id";
  if (!isGroupId(message.groupId)) return "id";
  if (message.senderInstallationId.length !== limits.installationIdBytes) {
    return "id";
  }
  if (!isInboxId(message.senderInboxId)) return "sender";
  if (!(message.kind in messageKinds)) return "kind";
  if (!(message.deliveryStatus in deliveryStatuses)) return "delivery-status";
  if (!isTime(message.sentAtNs)) return "time";
  const fits =
    message.decryptedMessageBytes.length <= limits.messageBytes &&
    (message.referenceId?.length ?? 0) <= limits.referenceIdBytes &&
    isName(message.authorityId) &&
    isName(message.contentType);
  return fits ? undefined : "too-long";
}

export function checkConsent(consent: ConsentSave): SkipReason | undefined {
  if (!(consent.entityType in consentTypes)) return "consent-type";
  if (!(consent.state in consentStates)) return "consent-state";
  if (!isEntity(consent)) return "entity";
  return consent.consentedAtNs < 0n ? "time" : undefined;
}

export function checkHmacKey(hmacKey: HmacKeySave): SkipReason | undefined {
  if (hmacKey.key.length !== limits.hmacKeyBytes) return "key-length";
  return hmacKey.cycledAtNs < 0n ? "time" : undefined;
}

const messageKinds = {
  [GroupMessageKindSave.APPLICATION]: true,
  [GroupMessageKindSave.MEMBERSHIP_CHANGE]: true,
};

const deliveryStatuses = {
  [DeliveryStatusSave.UNPUBLISHED]: true,
  [DeliveryStatusSave.PUBLISHED]: true,
  [DeliveryStatusSave.FAILED]: true,
};

const consentTypes = {
  [ConsentTypeSave.CONVERSATION_ID]: true,
  [ConsentTypeSave.INBOX_ID]: true,
};

const consentStates = {
  [ConsentStateSave.UNKNOWN]: true,
  [ConsentStateSave.ALLOWED]: true,
  [ConsentStateSave.DENIED]: true,
};

function isGroupId(id: Uint8Array): boolean {
  return id.length > 0 && id.length <= limits.groupIdBytes;
}

function isInboxId(text: string): boolean {
  return /^[0-9a-f]{64}$/.test(text);
}

function isEntity({ entityType, entity }: ConsentSave): boolean {
  return entityType === ConsentTypeSave.INBOX_ID
    ? isInboxId(entity)
    : entity.length <= 2 * limits.groupIdBytes &&
        /^([0-9a-f]{2})+$/.test(entity);
}

function isTime(ns: bigint): boolean {
  return ns >= 0n && ns < limits.timeNs;
}

function isName(text: string): boolean {
  return text.length <= limits.nameLength;
}

function isList(list: readonly unknown[]): boolean {
  return list.length <= limits.listLength;
}
