import type {
  GroupRecord,
  MlsGroup,
  MlsInstallation,
} from "@history-sync/mls-group";
import { type GroupId, groupIdOf } from "@history-sync/primitives";
import type { GroupSave } from "@history-sync/proto/device-sync";
import { keyOfGroup } from "./conversation-key.js";

/** This installation's membership in a group, or in the group of a conversation that messages are sent in. */
export type MembershipStatus = "member" | "forked" | "removed";

export function statusOf({
  active,
  fork,
}: Pick<GroupRecord, "active" | "fork">): MembershipStatus {
  if (!active) return "removed";
  return fork ? "forked" : "member";
}

/** Knows the MLS groups of each conversation, and the one that messages are sent in. */
export class DmGroups {
  readonly #installation: MlsInstallation;

  constructor(installation: MlsInstallation) {
    this.#installation = installation;
  }

  /** Returns the `conversationKey` of a group by its id. */
  keyOf(id: GroupId): string {
    const group = this.#installation.group(id);
    return group ? keyOfGroup(group) : id;
  }

  /** True if this installation is a member of any group of the conversation. */
  isActive(key: string): boolean {
    return this.status(key) !== "removed";
  }

  /** Returns `forked` only if all groups are forked that this installation is a member of. */
  status(key: string): MembershipStatus {
    const statuses = this.#installation
      .groups()
      // A group at epoch 0 has no other member: a crash may have interrupted its creation.
      .filter(({ id, epoch }) => epoch > 0n && this.keyOf(id) === key)
      .map(statusOf);
    const known = (["member", "forked"] as const).find((status) =>
      statuses.includes(status),
    );
    return known ?? "removed";
  }

  /**
   * Returns the group that messages are sent in: the active one with the newest message, as in libxmtp, preferring groups
   * that aren't forked. If none is active, the one with the newest message.
   */
  current(groups: readonly GroupSave[]): GroupSave | undefined {
    const active = groups.filter((group) => this.find(group)?.active);
    return (
      active.find((group) => !this.find(group)?.fork) ?? active[0] ?? groups[0]
    );
  }

  /** Returns undefined for a group that only an archive brought. */
  find({ id }: GroupSave): MlsGroup | undefined {
    return this.#installation.group(groupIdOf(id));
  }
}
