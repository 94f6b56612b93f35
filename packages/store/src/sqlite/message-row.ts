import { create } from "@bufbuild/protobuf";
import {
  type GroupMessageSave,
  GroupMessageSaveSchema,
} from "@history-sync/proto/device-sync";
import {
  bytes,
  encodeUnknown,
  integer,
  optional,
  type RowCodec,
  text,
  withUnknown,
} from "./row-codec.js";

export const messageRow: RowCodec<GroupMessageSave> = {
  encode: (message) => ({
    id: message.id,
    group_id: message.groupId,
    decrypted_message_bytes: message.decryptedMessageBytes,
    sent_at_ns: message.sentAtNs,
    kind: message.kind,
    sender_installation_id: message.senderInstallationId,
    sender_inbox_id: message.senderInboxId,
    delivery_status: message.deliveryStatus,
    content_type_save: message.contentTypeSave,
    version_major: message.versionMajor,
    version_minor: message.versionMinor,
    authority_id: message.authorityId,
    reference_id: message.referenceId ?? null,
    sequence_id: message.sequenceId ?? null,
    originator_id: message.originatorId ?? null,
    content_type: message.contentType,
    unknown: encodeUnknown(GroupMessageSaveSchema, message),
  }),
  decode: (columns) => {
    const message = create(GroupMessageSaveSchema, {
      id: bytes(columns.id),
      groupId: bytes(columns.group_id),
      decryptedMessageBytes: bytes(columns.decrypted_message_bytes),
      sentAtNs: integer(columns.sent_at_ns),
      kind: Number(columns.kind),
      senderInstallationId: bytes(columns.sender_installation_id),
      senderInboxId: text(columns.sender_inbox_id),
      deliveryStatus: Number(columns.delivery_status),
      contentTypeSave: Number(columns.content_type_save),
      versionMajor: Number(columns.version_major),
      versionMinor: Number(columns.version_minor),
      authorityId: text(columns.authority_id),
      ...optional("referenceId", columns.reference_id, bytes),
      ...optional("sequenceId", columns.sequence_id, integer),
      ...optional("originatorId", columns.originator_id, integer),
      contentType: text(columns.content_type),
    });
    return withUnknown(GroupMessageSaveSchema, message, columns.unknown);
  },
};
