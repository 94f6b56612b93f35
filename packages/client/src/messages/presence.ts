import type { GroupId } from "@history-sync/primitives";
import {
  GroupMembershipStateSave,
  type GroupSave,
} from "@history-sync/proto/device-sync";
import type { MembershipStatus } from "../groups/dm-groups.js";

/**
 * A change of a conversation:
 * - `new`: this installation created it or was added to it.
 * - `active`: this installation was added to a conversation that an archive brought, or that it had been removed from.
 * - `inactive`: this installation was removed.
 * - `forked`: this installation may have another state of it than the others, and miss their messages; see `debugInfo`.
 * - `healed`: this installation has the same state as the others again.
 */
export interface ConversationChange {
  readonly type: "new" | "active" | "inactive" | "forked" | "healed";
  /** The group that changed; of a DM one of its groups. */
  readonly id: GroupId;
}

/** Detects changes of conversations by comparing them with their previous state. */
export class Presence {
  readonly #seen = new Map<string, MembershipStatus>();

  /** Returns the changes. `before` are the rows that the history had of the conversation's groups. */
  observe(
    key: string,
    now: MembershipStatus,
    before: readonly GroupSave[],
  ): readonly ConversationChange["type"][] {
    const was = this.#seen.get(key) ?? statusBefore(before, now);
    this.#seen.set(key, now);
    if (was === now) return [];
    const forked = now === "forked" ? (["forked"] as const) : [];
    if (was === undefined) return ["new", ...forked];
    if (now === "removed") return ["inactive"];
    if (was === "removed") return ["active", ...forked];
    return now === "forked" ? forked : ["healed"];
  }
}

/** Returns the status by the history alone, which doesn't record removals and forks. */
function statusBefore(
  before: readonly GroupSave[],
  now: MembershipStatus,
): MembershipStatus | undefined {
  if (before.length === 0) return undefined;
  const wasMember = before.some(
    ({ membershipState }) =>
      membershipState !== GroupMembershipStateSave.RESTORED,
  );
  if (!wasMember) return "removed";
  return now === "forked" ? "forked" : "member";
}
