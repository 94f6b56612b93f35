import { create } from "@bufbuild/protobuf";
import { type MlsGroup, MlsGroupError } from "@history-sync/mls-group";
import {
  dmId,
  inboxOf,
  metadataFields,
  readImmutableMetadata,
  readMutableMetadata,
} from "@history-sync/mls-group/xmtp";
import { type InboxId, idBytes } from "@history-sync/primitives";
import {
  ConversationTypeSave,
  GroupMembershipStateSave,
  type GroupSave,
  GroupSaveSchema,
} from "@history-sync/proto/device-sync";

/**
 * Returns a conversation's row in the history, from the group's data and the previous row. `isLeaving` is true if the user
 * has asked to be removed.
 *
 * @throws {MlsGroupError} `invalid-group-data`
 */
export function groupRow(
  group: Pick<MlsGroup, "id" | "extensions" | "createdAtNs" | "addedBy">,
  known: GroupSave | undefined,
  isLeaving: boolean,
): GroupSave {
  const immutable = readImmutableMetadata(group.extensions);
  const { kind, creatorInboxId, dmMembers } = immutable;
  const mutable = readMutableMetadata(group.extensions);
  const from = nanoseconds(
    mutable.attributes.get(metadataFields.disappearFromNs),
  );
  const within = nanoseconds(
    mutable.attributes.get(metadataFields.disappearInNs),
  );
  return create(GroupSaveSchema, {
    id: idBytes(group.id),
    createdAtNs: known?.createdAtNs ?? group.createdAtNs,
    membershipState: isLeaving
      ? GroupMembershipStateSave.PENDING_REMOVE
      : GroupMembershipStateSave.ALLOWED,
    installationsLastChecked: known?.installationsLastChecked ?? 0n,
    addedByInboxId: known?.addedByInboxId || adderOf(group) || creatorInboxId,
    rotatedAtNs: known?.rotatedAtNs ?? 0n,
    conversationType:
      kind === "dm" ? ConversationTypeSave.DM : ConversationTypeSave.GROUP,
    metadata: { creatorInboxId },
    mutableMetadata: {
      attributes: Object.fromEntries(mutable.attributes),
      adminList: [...mutable.admins],
      superAdminList: [...mutable.superAdmins],
    },
    ...(dmMembers ? { dmId: dmId(...dmMembers) } : {}),
    ...(from === undefined ? {} : { messageDisappearFromNs: from }),
    ...(within === undefined ? {} : { messageDisappearInNs: within }),
    ...(known?.lastMessageNs === undefined
      ? {}
      : { lastMessageNs: known.lastMessageNs }),
    ...(known?.welcomeId === undefined ? {} : { welcomeId: known.welcomeId }),
  });
}

/** True for a group or a DM of users; false for sync groups, one-shot groups and unreadable ones. */
export function isConversation({
  extensions,
}: Pick<MlsGroup, "extensions">): boolean {
  try {
    const { kind } = readImmutableMetadata(extensions);
    return kind === "group" || kind === "dm";
  } catch (error) {
    if (error instanceof MlsGroupError) return false;
    throw error;
  }
}

/** Returns undefined if this installation created the group. */
function adderOf({ addedBy }: Pick<MlsGroup, "addedBy">): InboxId | undefined {
  return addedBy && inboxOf(addedBy.credential);
}

/** Parses a time in a group's attributes, which members may set to any text. */
function nanoseconds(text: string | undefined): bigint | undefined {
  return text !== undefined && /^[0-9]{1,18}$/.test(text)
    ? BigInt(text)
    : undefined;
}
