import type { MlsGroup } from "@history-sync/mls-group";
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
  readonly id: GroupId;
}

/** Notices what happens to conversations, from what it saw of them before. */
export class Presence {
  readonly #active = new Map<GroupId, boolean>();

  /** `before`: the conversation in the history, if it was there. */
  observe(
    { id, active }: Pick<MlsGroup, "id" | "active">,
    before: GroupSave | undefined,
  ): ConversationChange["type"] | undefined {
    const was = this.#active.get(id) ?? wasActive(before);
    this.#active.set(id, active);
    if (was === undefined) return "new";
    if (was === active) return undefined;
    return active ? "active" : "inactive";
  }
}

/** By the history alone: who was removed while nobody looked isn't told apart from a member. */
function wasActive(before: GroupSave | undefined): boolean | undefined {
  return before && before.membershipState !== GroupMembershipStateSave.RESTORED;
}
