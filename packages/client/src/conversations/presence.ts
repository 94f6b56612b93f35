import type { GroupId } from "@history-sync/primitives";
import {
  GroupMembershipStateSave,
  type GroupSave,
} from "@history-sync/proto/device-sync";

/**
 * What happened to a conversation:
 * - `new`: this installation made it or was added to it.
 * - `active`: it was known from an archive, or this installation had been removed; now it can be written in.
 * - `inactive`: this installation was removed.
 */
export interface ConversationChange {
  readonly type: "new" | "active" | "inactive";
  /** Of a DM the group in which it happened. */
  readonly id: GroupId;
}

/** Notices what happens to conversations, from what it saw of them before. */
export class Presence {
  readonly #active = new Map<string, boolean>();

  /** `before`: the conversation's groups in the history, as far as they were there. */
  observe(
    key: string,
    active: boolean,
    before: readonly GroupSave[],
  ): ConversationChange["type"] | undefined {
    const was = this.#active.get(key) ?? wasActive(before);
    this.#active.set(key, active);
    if (was === undefined) return "new";
    if (was === active) return undefined;
    return active ? "active" : "inactive";
  }
}

/** By the history alone: who was removed while nobody looked isn't told apart from a member. */
function wasActive(before: readonly GroupSave[]): boolean | undefined {
  if (before.length === 0) return undefined;
  return before.some(
    ({ membershipState }) =>
      membershipState !== GroupMembershipStateSave.RESTORED,
  );
}
