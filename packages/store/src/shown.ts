import { compareBytes } from "@history-sync/archive";
import {
  ConversationTypeSave,
  type GroupSave,
} from "@history-sync/proto/device-sync";

/** Returns the conversations that apps show: all but sync groups, ordered by their newest message, newest first. */
export function shownConversations(
  groups: Iterable<GroupSave>,
): readonly GroupSave[] {
  return [...groups]
    .filter(
      ({ conversationType }) => conversationType !== ConversationTypeSave.SYNC,
    )
    .sort(
      (a, b) => compareNs(newestNs(b), newestNs(a)) || compareBytes(a.id, b.id),
    );
}

/** Returns the id that all groups of one DM share, or undefined for a group that isn't a DM. */
export function dmIdOf({
  conversationType,
  dmId,
}: GroupSave): string | undefined {
  return conversationType === ConversationTypeSave.DM ? dmId : undefined;
}

export function compareNs(a: bigint, b: bigint): number {
  return a === b ? 0 : a < b ? -1 : 1;
}

function newestNs(group: GroupSave): bigint {
  return group.lastMessageNs ?? group.createdAtNs;
}
