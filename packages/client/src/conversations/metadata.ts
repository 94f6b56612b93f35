import type { MlsGroup } from "@history-sync/mls-group";
import {
  inboxOf,
  type MutableMetadata,
  readMutableMetadata,
} from "@history-sync/mls-group/xmtp";
import type { InboxId, InstallationId } from "@history-sync/primitives";
import type { GroupSave } from "@history-sync/proto/device-sync";

export interface ConversationMember {
  readonly inboxId: InboxId;
  readonly installationIds: readonly InstallationId[];
  readonly permissionLevel: "member" | "admin" | "super-admin";
}

/** The group's own, which may be newer than the history's; the history's, from an archive, where there is no group. */
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

/** A group's members by their inboxes. */
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
