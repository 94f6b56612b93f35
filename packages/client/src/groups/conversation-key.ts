import { type MlsGroup, MlsGroupError } from "@history-sync/mls-group";
import { dmId, readImmutableMetadata } from "@history-sync/mls-group/xmtp";
import { type GroupId, groupIdOf } from "@history-sync/primitives";
import {
  ConversationTypeSave,
  type GroupSave,
} from "@history-sync/proto/device-sync";
import type { HistoryStore } from "@history-sync/store";

/**
 * Returns the key that all groups of a conversation share: the DM's id for a DM, because each of its two users may have
 * created a group, and an archive may bring more; the group's own id otherwise.
 */
export function conversationKey({
  id,
  conversationType,
  dmId: known,
}: GroupSave): string {
  const isDm = conversationType === ConversationTypeSave.DM;
  return isDm && known !== undefined ? known : groupIdOf(id);
}

/** Returns all groups of a group's conversation, the one with the newest message first. */
export async function groupsOf(
  group: GroupSave,
  history: HistoryStore,
): Promise<readonly GroupSave[]> {
  const key = conversationKey(group);
  return key === group.dmId ? history.dmGroups(key) : [group];
}

/** Returns the ids of all groups of a group's conversation; only its own for an unknown group. */
export async function groupIdsOf(
  id: GroupId,
  history: HistoryStore,
): Promise<readonly GroupId[]> {
  const group = await history.conversation(id);
  if (!group) return [id];
  return (await groupsOf(group, history)).map((one) => groupIdOf(one.id));
}

/** Partitions groups by conversation, keeping their order. */
export function byConversation(
  groups: readonly GroupSave[],
): readonly (readonly GroupSave[])[] {
  const conversations = new Map<string, GroupSave[]>();
  for (const group of groups) {
    const key = conversationKey(group);
    const known = conversations.get(key);
    if (known) known.push(group);
    else conversations.set(key, [group]);
  }
  return [...conversations.values()];
}

/** By the extensions of a group in an epoch, because reading them is slow. */
const keys = new WeakMap<MlsGroup["extensions"], string>();

/** Returns the `conversationKey` of an MLS group. */
export function keyOfGroup(group: Pick<MlsGroup, "id" | "extensions">): string {
  const known = keys.get(group.extensions);
  if (known !== undefined) return known;
  const key = readKey(group);
  keys.set(group.extensions, key);
  return key;
}

function readKey({
  id,
  extensions,
}: Pick<MlsGroup, "id" | "extensions">): string {
  try {
    const { kind, dmMembers } = readImmutableMetadata(extensions);
    return kind === "dm" && dmMembers ? dmId(...dmMembers) : id;
  } catch (error) {
    if (error instanceof MlsGroupError) return id;
    throw error;
  }
}
