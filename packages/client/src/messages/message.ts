import { create } from "@bufbuild/protobuf";
import {
  type GroupId,
  groupIdOf,
  type InboxId,
  type InstallationId,
  idBytes,
  installationIdOf,
  type MessageId,
  messageIdOf,
} from "@history-sync/primitives";
import {
  DeliveryStatusSave,
  GroupMessageKindSave,
  type GroupMessageSave,
  GroupMessageSaveSchema,
} from "@history-sync/proto/device-sync";
import { type ContentType, describeContent, savedTypeName } from "./content.js";

/** A message of a conversation, for apps to show. */
export interface Message {
  readonly id: MessageId;
  /** The group that it was sent in. A DM is found by the id of any of its groups. */
  readonly conversationId: GroupId;
  readonly senderInboxId: string;
  readonly senderInstallationId: InstallationId;
  /** By the node's clock; by this installation's while the message is unpublished. */
  readonly sentAtNs: bigint;
  readonly kind: "application" | "membership-change";
  readonly deliveryStatus: DeliveryStatus;
  readonly contentType: ContentType;
  /** A serialised EncodedContent. */
  readonly content: Uint8Array;
  /** The text of a content of XMTP's type `text`. */
  readonly text?: string;
  /** The text to show for an unknown content type. */
  readonly fallback?: string;
}

/** The way of a message to the XMTP node. */
export type DeliveryStatus = "unpublished" | "published" | "failed";

const statuses = new Map<DeliveryStatusSave, DeliveryStatus>([
  [DeliveryStatusSave.UNPUBLISHED, "unpublished"],
  [DeliveryStatusSave.FAILED, "failed"],
]);

export function messageOf(row: GroupMessageSave): Message {
  const content = row.decryptedMessageBytes;
  const { type: contentType, ...described } = describeContent(content);
  return {
    id: messageIdOf(row.id),
    conversationId: groupIdOf(row.groupId),
    senderInboxId: row.senderInboxId,
    senderInstallationId: installationIdOf(row.senderInstallationId),
    sentAtNs: row.sentAtNs,
    kind:
      row.kind === GroupMessageKindSave.MEMBERSHIP_CHANGE
        ? "membership-change"
        : "application",
    deliveryStatus: statuses.get(row.deliveryStatus) ?? "published",
    contentType,
    content,
    ...described,
  };
}

export interface NewMessage {
  readonly id: MessageId;
  readonly groupId: GroupId;
  readonly content: Uint8Array;
  readonly sentAtNs: bigint;
  readonly sender: InstallationId;
  readonly senderInboxId: InboxId;
  /** The node's sequence number; undefined while the message is unpublished. */
  readonly sequence: bigint | undefined;
  /** Kept while the message is pending, if the sender has set it. */
  readonly shouldPush?: boolean | undefined;
}

// libxmtp's originator id of group messages.
const groupMessages = 10n;

/** Returns an application message's row in the history. */
export function messageRow(message: NewMessage): GroupMessageSave {
  const { type } = describeContent(message.content);
  return create(GroupMessageSaveSchema, {
    id: idBytes(message.id),
    groupId: idBytes(message.groupId),
    decryptedMessageBytes: message.content,
    sentAtNs: message.sentAtNs,
    kind: GroupMessageKindSave.APPLICATION,
    senderInstallationId: idBytes(message.sender),
    senderInboxId: message.senderInboxId,
    contentType: savedTypeName(type),
    authorityId: type.authorityId,
    versionMajor: type.versionMajor,
    versionMinor: type.versionMinor,
    ...(message.sequence === undefined
      ? {
          deliveryStatus: DeliveryStatusSave.UNPUBLISHED,
          ...(message.shouldPush !== undefined && {
            shouldPush: message.shouldPush,
          }),
        }
      : {
          deliveryStatus: DeliveryStatusSave.PUBLISHED,
          sequenceId: message.sequence,
          originatorId: groupMessages,
        }),
  });
}
