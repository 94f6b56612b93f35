import { fromBinary, toBinary } from "@bufbuild/protobuf";
import {
  type ConsentSave,
  ConsentSaveSchema,
  DeliveryStatusSave,
  type GroupMessageSave,
  GroupMessageSaveSchema,
  type GroupSave,
  GroupSaveSchema,
  type HmacKeySave,
  HmacKeySaveSchema,
} from "@history-sync/proto/device-sync";
import { dmIdOf } from "../shown.js";
import { ownBytes, positionKey } from "./keys.js";
import type {
  ConsentRecord,
  ConversationRecord,
  HistoryRecord,
  MessageRecord,
} from "./schema.js";

/** The properties of a record beside its row: the transaction that wrote it, and the import that brought it. */
export interface Origin {
  readonly written: number;
  readonly import?: number;
}

export function conversationRecord(
  group: GroupSave,
  origin: Origin,
): ConversationRecord {
  const dmId = dmIdOf(group);
  return {
    id: ownBytes(group.id),
    ...(dmId !== undefined && { dmId }),
    row: toBinary(GroupSaveSchema, group),
    ...origin,
  };
}

export function groupOf({ row }: ConversationRecord): GroupSave {
  return fromBinary(GroupSaveSchema, row);
}

export function messageRecord(
  message: GroupMessageSave,
  origin: Origin,
): MessageRecord {
  const conversation = ownBytes(message.groupId);
  const waits = message.deliveryStatus === DeliveryStatusSave.UNPUBLISHED;
  return {
    position: positionKey(message.sentAtNs, message.id),
    id: ownBytes(message.id),
    conversation,
    ...(waits && { unpublished: conversation }),
    row: toBinary(GroupMessageSaveSchema, message),
    ...origin,
  };
}

export function messageOf({ row }: MessageRecord): GroupMessageSave {
  return fromBinary(GroupMessageSaveSchema, row);
}

export function consentRecord(
  consent: ConsentSave,
  written: number,
): ConsentRecord {
  const { entityType, entity } = consent;
  return {
    entityType,
    entity,
    row: toBinary(ConsentSaveSchema, consent),
    written,
  };
}

export function consentOf({ row }: ConsentRecord): ConsentSave {
  return fromBinary(ConsentSaveSchema, row);
}

export function hmacKeyRecord(
  hmacKey: HmacKeySave,
  written: number,
): HistoryRecord {
  return { row: toBinary(HmacKeySaveSchema, hmacKey), written };
}

export function hmacKeyOf({ row }: HistoryRecord): HmacKeySave {
  return fromBinary(HmacKeySaveSchema, row);
}
