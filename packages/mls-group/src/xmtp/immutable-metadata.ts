import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { type InboxId, inboxId } from "@history-sync/primitives";
import {
  ConversationType,
  GroupMetadataV1Schema,
} from "@history-sync/proto/message-contents";
import { MlsGroupError } from "../errors.js";
import { type Extension, extensionTypes } from "../parameters.js";
import { encodeVector } from "../tls.js";
import { invalid, readExtension } from "./extension-data.js";
import { decodeVector } from "./vector.js";

export type ConversationKind = "group" | "dm" | "sync" | "oneshot";

/** What a group is, fixed when it is made (extension 0xf000). */
export interface ImmutableMetadata {
  readonly kind: ConversationKind;
  readonly creatorInboxId: InboxId;
  /** The two of a DM, its creator first; other groups have none. */
  readonly dmMembers?: readonly [InboxId, InboxId];
}

const numbers: Readonly<Record<ConversationKind, ConversationType>> = {
  group: ConversationType.GROUP,
  dm: ConversationType.DM,
  sync: ConversationType.SYNC,
  oneshot: ConversationType.ONESHOT,
};
const kinds = new Map<ConversationType, ConversationKind>(
  Object.entries(numbers).map(([kind, number]) => [
    number,
    kind as ConversationKind,
  ]),
);

/** Throws `invalid-group-data`. */
export function readImmutableMetadata(
  extensions: readonly Extension[],
): ImmutableMetadata {
  return readExtension(
    extensions,
    { type: extensionTypes.immutableMetadata, what: "immutable metadata" },
    (data) => {
      const { conversationType, creatorInboxId, dmMembers } = fromBinary(
        GroupMetadataV1Schema,
        decodeVector(data),
      );
      const kind = kinds.get(conversationType);
      if (kind === undefined) {
        throw invalid("a conversation type", `${conversationType}`);
      }
      const metadata = { kind, creatorInboxId: inboxId(creatorInboxId) };
      if (dmMembers === undefined) {
        if (kind === "dm") throw invalid("the two members of a DM", "none");
        return metadata;
      }
      const { dmMemberOne, dmMemberTwo } = dmMembers;
      return {
        ...metadata,
        dmMembers: [
          inboxId(dmMemberOne?.inboxId ?? ""),
          inboxId(dmMemberTwo?.inboxId ?? ""),
        ],
      };
    },
  );
}

/** The extension: protobuf in a vector with its length before it. */
export function immutableMetadataExtension({
  kind,
  creatorInboxId,
  dmMembers,
}: ImmutableMetadata): Extension {
  const metadata = create(GroupMetadataV1Schema, {
    conversationType: numbers[kind],
    creatorInboxId,
    ...(dmMembers === undefined
      ? {}
      : {
          dmMembers: {
            dmMemberOne: { inboxId: dmMembers[0] },
            dmMemberTwo: { inboxId: dmMembers[1] },
          },
        }),
  });
  return {
    type: extensionTypes.immutableMetadata,
    data: encodeVector(toBinary(GroupMetadataV1Schema, metadata)),
  };
}

/** Whether the group says of itself that it is a sync group of this inbox; false for what can't be read. */
export function isSyncGroupOf(
  extensions: readonly Extension[],
  inboxId: InboxId,
): boolean {
  try {
    const { kind, creatorInboxId } = readImmutableMetadata(extensions);
    return kind === "sync" && creatorInboxId === inboxId;
  } catch (error) {
    if (error instanceof MlsGroupError) return false;
    throw error;
  }
}
