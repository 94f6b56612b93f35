import { create } from "@bufbuild/protobuf";
import {
  ConversationTypeSave,
  GroupMembershipStateSave,
  type GroupMessageSave,
  type GroupSave,
  GroupSaveSchema,
} from "@history-sync/proto/device-sync";

/**
 * Merges a conversation into a local one. A known conversation takes only a later `last_message_ns`; a stub takes
 * everything. A new one gets all its metadata, as `RESTORED`: unverified until its real group is joined, since an
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

/** Returns a stub for a conversation that is known only by its messages: its id and their times. */
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

/** It returns the same object if nothing changes. */
export function withLastMessage(
  group: GroupSave,
  lastMessageNs: bigint | undefined,
): GroupSave {
  const isLater =
    lastMessageNs !== undefined &&
    (group.lastMessageNs === undefined || lastMessageNs > group.lastMessageNs);
  return isLater ? { ...group, lastMessageNs } : group;
}
