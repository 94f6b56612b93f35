import {
  type MlsGroup,
  MlsGroupError,
  type MlsInstallation,
} from "@history-sync/mls-group";
import { dmId, readImmutableMetadata } from "@history-sync/mls-group/xmtp";
import { type GroupId, groupIdOf } from "@history-sync/primitives";
import {
  ConversationTypeSave,
  type GroupSave,
} from "@history-sync/proto/device-sync";
import type { HistoryStore } from "@history-sync/store";
import { type Standing, standingOf } from "./presence.js";

/**
 * What all groups of one conversation have in common: of a DM the DM's id, since each of its two users may have made a
 * group, and an archive may bring more; else the group's own id.
 */
export function conversationKey({
  id,
  conversationType,
  dmId: known,
}: GroupSave): string {
  const isDm = conversationType === ConversationTypeSave.DM;
  return isDm && known !== undefined ? known : groupIdOf(id);
}

/** All groups of a group's conversation, the one with the newest message first. */
export async function groupsOf(
  group: GroupSave,
  history: HistoryStore,
): Promise<readonly GroupSave[]> {
  const key = conversationKey(group);
  return key === group.dmId ? history.dmGroups(key) : [group];
}

/** The ids of the same; the group's own where nothing is known of it. */
export async function groupIdsOf(
  id: GroupId,
  history: HistoryStore,
): Promise<readonly GroupId[]> {
  const group = await history.conversation(id);
  if (!group) return [id];
  return (await groupsOf(group, history)).map((one) => groupIdOf(one.id));
}

/** The groups of each conversation, all in their order. */
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

/** Which MLS groups are of one conversation, and which of them is written in. */
export class DmGroups {
  readonly #installation: MlsInstallation;

  constructor(installation: MlsInstallation) {
    this.#installation = installation;
  }

  /** As `conversationKey`. */
  keyOf(id: GroupId): string {
    const group = this.#installation.group(id);
    return group ? keyOfGroup(group) : id;
  }

  /** Whether any group of the conversation is. */
  isActive(key: string): boolean {
    return this.standing(key) !== "removed";
  }

  /** Forked only where all groups are that this installation is in. */
  standing(key: string): Standing {
    const standings = this.#installation
      .groups()
      // At its first epoch nobody else knows of it: a crash may have left it so.
      .filter(({ id, epoch }) => epoch > 0n && this.keyOf(id) === key)
      .map(standingOf);
    const known = (["member", "forked"] as const).find((standing) =>
      standings.includes(standing),
    );
    return known ?? "removed";
  }

  /**
   * Of a conversation's groups the one that is written in: the active one with the newest message, as in libxmtp, and one
   * that may be forked only where there is no other. Where none is active, the one with the newest message.
   */
  current(groups: readonly GroupSave[]): GroupSave | undefined {
    const active = groups.filter((group) => this.find(group)?.active);
    return (
      active.find((group) => !this.find(group)?.fork) ?? active[0] ?? groups[0]
    );
  }

  /** Undefined for one that is known from an archive only. */
  find({ id }: GroupSave): MlsGroup | undefined {
    return this.#installation.group(groupIdOf(id));
  }
}

/** By what a group says of itself in an epoch. */
const keys = new WeakMap<MlsGroup["extensions"], string>();

/** `conversationKey`, from the group itself. */
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
