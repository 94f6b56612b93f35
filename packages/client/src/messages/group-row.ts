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
 * A conversation as the history keeps it, from the group's own data and what was known before; `isLeaving` when the
 * user has asked to be removed. Throws `invalid-group-data`.
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

/** Whether people talk in the group; false for what can't be read. */
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

/** Undefined where this installation made the group. */
function adderOf({ addedBy }: Pick<MlsGroup, "addedBy">): InboxId | undefined {
  return addedBy && inboxOf(addedBy.credential);
}

/** A time in a group's attributes: anybody may have written anything. */
function nanoseconds(text: string | undefined): bigint | undefined {
  return text !== undefined && /^[0-9]{1,18}$/.test(text)
    ? BigInt(text)
    : undefined;
}
