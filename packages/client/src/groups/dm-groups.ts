import type {
  GroupRecord,
  MlsGroup,
  MlsInstallation,
} from "@history-sync/mls-group";
import { type GroupId, groupIdOf } from "@history-sync/primitives";
import type { GroupSave } from "@history-sync/proto/device-sync";
import { keyOfGroup } from "./conversation-key.js";

/** How this installation stands in a group; in a conversation of several, in the one that is written in. */
export type Standing = "member" | "forked" | "removed";

export function standingOf({
  active,
  fork,
}: Pick<GroupRecord, "active" | "fork">): Standing {
  if (!active) return "removed";
  return fork ? "forked" : "member";
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
