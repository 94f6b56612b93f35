import type { ForkReason, MlsGroup } from "@history-sync/mls-group";
import {
  inboxOf,
  type MutableMetadata,
  readMutableMetadata,
} from "@history-sync/mls-group/xmtp";
import type { InboxId, InstallationId } from "@history-sync/primitives";
import type { GroupSave } from "@history-sync/proto/device-sync";

/** A member of a conversation: a user, with the installations that are in the MLS group. */
export interface ConversationMember {
  readonly inboxId: InboxId;
  readonly installationIds: readonly InstallationId[];
  readonly permissionLevel: "member" | "admin" | "super-admin";
}

/** Returns the metadata of the MLS group, or the history's, which an archive brought, where there is no group. */
export function metadataOf(
  { mutableMetadata }: GroupSave,
  group: MlsGroup | undefined,
): MutableMetadata {
  if (group) return readMutableMetadata(group.extensions);
  const { attributes, adminList, superAdminList } = mutableMetadata ?? {};
  return {
    attributes: new Map(Object.entries(attributes ?? {})),
    admins: adminList ?? [],
    superAdmins: superAdminList ?? [],
  };
}

/** Returns a group's members by inbox. */
export function membersOf(group: MlsGroup): readonly ConversationMember[] {
  const { admins, superAdmins } = readMutableMetadata(group.extensions);
  const inboxes = new Map<InboxId, InstallationId[]>();
  for (const { credential, installationId } of group.members()) {
    const inbox = inboxOf(credential);
    if (inbox === undefined) continue;
    inboxes.set(inbox, [...(inboxes.get(inbox) ?? []), installationId]);
  }
  return [...inboxes].map(([inboxId, installationIds]) => ({
    inboxId,
    installationIds,
    permissionLevel: superAdmins.includes(inboxId)
      ? "super-admin"
      : admins.includes(inboxId)
        ? "admin"
        : "member",
  }));
}

/** The state of a conversation's MLS group on this installation. */
export interface ConversationDebugInfo {
  /** 0 for a conversation that only an archive brought. */
  readonly epoch: bigint;
  /** The last entry of the group's topic that was processed. */
  readonly cursor: bigint;
  /** True if this installation may have another state of the group than the other members. */
  readonly maybeForked: boolean;
  /** The reason, the epoch and the time of a fork; empty without one. */
  readonly forkDetails: string;
}

const reasons: Readonly<Record<ForkReason, string>> = {
  "unreadable-commit": "a commit couldn't be read",
  "later-epochs": "the others are in later epochs",
  "epoch-authenticator": "another member has other secrets",
};

export function debugInfoOf(
  group: Pick<MlsGroup, "epoch" | "cursor" | "fork"> | undefined,
): ConversationDebugInfo {
  const { epoch = 0n, cursor = 0n, fork } = group ?? {};
  return {
    epoch,
    cursor,
    maybeForked: fork !== undefined,
    forkDetails: fork
      ? `${reasons[fork.reason]}; in epoch ${fork.epoch}, at ${fork.sinceNs} ns`
      : "",
  };
}
