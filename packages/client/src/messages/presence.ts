import type { GroupId } from "@history-sync/primitives";
import {
  GroupMembershipStateSave,
  type GroupSave,
} from "@history-sync/proto/device-sync";
import type { Standing } from "../groups/dm-groups.js";

/**
 * What happened to a conversation:
 * - `new`: this installation made it or was added to it.
 * - `active`: it was known from an archive, or this installation had been removed; now it can be written in.
 * - `inactive`: this installation was removed.
 * - `forked`: this installation may have another state of it than the others, and miss what they say; see `debugInfo`.
 * - `healed`: it is in step with the others, again or after all.
 */
export interface ConversationChange {
  readonly type: "new" | "active" | "inactive" | "forked" | "healed";
  /** Of a DM the group in which it happened. */
  readonly id: GroupId;
}

/** Notices what happens to conversations, from what it saw of them before. */
export class Presence {
  readonly #seen = new Map<string, Standing>();

  /** `before`: the conversation's groups in the history, as far as they were there. */
  observe(
    key: string,
    now: Standing,
    before: readonly GroupSave[],
  ): readonly ConversationChange["type"][] {
    const was = this.#seen.get(key) ?? stoodBefore(before, now);
    this.#seen.set(key, now);
    if (was === now) return [];
    const forked = now === "forked" ? (["forked"] as const) : [];
    if (was === undefined) return ["new", ...forked];
    if (now === "removed") return ["inactive"];
    if (was === "removed") return ["active", ...forked];
    return now === "forked" ? forked : ["healed"];
  }
}

/** By the history alone: who was removed while nobody looked isn't told apart from a member, nor one that was forked. */
function stoodBefore(
  before: readonly GroupSave[],
  now: Standing,
): Standing | undefined {
  if (before.length === 0) return undefined;
  const wasMember = before.some(
    ({ membershipState }) =>
      membershipState !== GroupMembershipStateSave.RESTORED,
  );
  if (!wasMember) return "removed";
  return now === "forked" ? "forked" : "member";
}
