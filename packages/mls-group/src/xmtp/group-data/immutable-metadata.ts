import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import {
  type GroupId,
  groupIdOf,
  type InboxId,
  idBytes,
  inboxId,
  PrimitivesError,
} from "@history-sync/primitives";
import {
  ConversationType,
  type GroupMetadataV1,
  GroupMetadataV1Schema,
} from "@history-sync/proto/message-contents";
import { MlsGroupError } from "../../errors.js";
import { type Extension, extensionTypes } from "../../parameters.js";
import { decodeVector, encodeVector } from "../../wire/index.js";
import { invalid, readExtension } from "./extension-data.js";

/** The kinds of groups that XMTP knows. `sync` and `oneshot` groups stay out of conversation lists. */
export type ConversationKind = "group" | "dm" | "sync" | "oneshot";

/** The kind and the creator of a group, fixed when it is created (extension 0xf000). */
export interface ImmutableMetadata {
  readonly kind: ConversationKind;
  readonly creatorInboxId: InboxId;
  /** The two inboxes of a DM, its creator first. Other groups have none. */
  readonly dmMembers?: readonly [InboxId, InboxId];
  /** The request that a one-shot group carries; undefined for a request of an unknown kind. */
  readonly readdRequest?: ReaddRequest;
}

/** A request to be removed and added in one commit, by an installation that has lost a group's state. */
export interface ReaddRequest {
  readonly groupId: GroupId;
  /** The last entry of the group's topic that the installation knows. */
  readonly latestCommitSequenceId: bigint;
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

/**
 * Reads the immutable metadata.
 *
 * @throws {MlsGroupError} `invalid-group-data`
 */
export function readImmutableMetadata(
  extensions: readonly Extension[],
): ImmutableMetadata {
  return readExtension(
    extensions,
    { type: extensionTypes.immutableMetadata, what: "immutable metadata" },
    (data) => {
      const decoded = fromBinary(GroupMetadataV1Schema, decodeVector(data));
      const { conversationType, creatorInboxId, dmMembers } = decoded;
      const kind = kinds.get(conversationType);
      if (kind === undefined) {
        throw invalid("a conversation type", `${conversationType}`);
      }
      const readdRequest = readdRequestIn(decoded);
      const metadata = {
        kind,
        creatorInboxId: inboxId(creatorInboxId),
        ...(readdRequest && { readdRequest }),
      };
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

/** Returns the extension: protobuf in a vector. */
export function immutableMetadataExtension({
  kind,
  creatorInboxId,
  dmMembers,
  readdRequest,
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
    ...(readdRequest && {
      oneshotMessage: {
        messageType: {
          case: "readdRequest",
          value: {
            groupId: idBytes(readdRequest.groupId),
            latestCommitSequenceId: readdRequest.latestCommitSequenceId,
          },
        },
      },
    }),
  });
  return {
    type: extensionTypes.immutableMetadata,
    data: encodeVector(toBinary(GroupMetadataV1Schema, metadata)),
  };
}

/** Any creator may write anything here: a request that names no group counts as none. */
function readdRequestIn({
  oneshotMessage,
}: GroupMetadataV1): ReaddRequest | undefined {
  const message = oneshotMessage?.messageType;
  if (message?.case !== "readdRequest") return undefined;
  const { groupId, latestCommitSequenceId } = message.value;
  try {
    return { groupId: groupIdOf(groupId), latestCommitSequenceId };
  } catch (error) {
    if (error instanceof PrimitivesError) return undefined;
    throw error;
  }
}

/** Returns true if the group claims to be a sync group of this inbox; false for metadata that can't be read. */
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

/** Returns the id that all DMs of two inboxes share, whichever of the two has created them. */
export function dmId(one: InboxId, other: InboxId): string {
  return `dm:${[one, other].sort().join(":")}`;
}
