import { create } from "@bufbuild/protobuf";
import {
  ConversationTypeSave,
  GroupMembershipStateSave,
  type GroupMessageSave,
  type GroupSave,
  GroupSaveSchema,
} from "@history-sync/proto/device-sync";

/**
 * A known conversation takes nothing but the later `last_message_ns`; a stub takes everything.
 * An unknown one comes with all it says of itself, as `RESTORED`: unverified until its real group speaks, since an
 * archive grants no rights.
 */
export function mergeGroup(
  local: GroupSave | undefined,
  other: GroupSave,
): GroupSave {
  if (local && !(isStub(local) && !isStub(other))) {
    return withLastMessage(local, other.lastMessageNs);
  }
  const membershipState = GroupMembershipStateSave.RESTORED;
  const restored = { ...other, membershipState };
  return withLastMessage(restored, local?.lastMessageNs);
}

/** A conversation that is known by its messages only: nothing but its id and their times. */
export function stubFor(message: GroupMessageSave): GroupSave {
  return create(GroupSaveSchema, {
    id: message.groupId,
    createdAtNs: message.sentAtNs,
    membershipState: GroupMembershipStateSave.RESTORED,
    lastMessageNs: message.sentAtNs,
  });
}

export function isStub(group: GroupSave): boolean {
  return group.conversationType === ConversationTypeSave.UNSPECIFIED;
}

/** The same object where nothing changes. */
export function withLastMessage(
  group: GroupSave,
  lastMessageNs: bigint | undefined,
): GroupSave {
  const isLater =
    lastMessageNs !== undefined &&
    (group.lastMessageNs === undefined || lastMessageNs > group.lastMessageNs);
  return isLater ? { ...group, lastMessageNs } : group;
}
