import type { Extension } from "@history-sync/mls-group";
import {
  adminOnly,
  allMembers,
  newGroupExtensions,
  type Permissions,
} from "@history-sync/mls-group/xmtp";
import type { InboxId, RandomBytes } from "@history-sync/primitives";

/** The metadata and the permissions of a new group. */
export interface NewGroupOptions {
  readonly groupName?: string;
  readonly description?: string;
  readonly imageUrl?: string;
  /** Sets the members that may add members and change name, description and image. Default: `all-members`. */
  readonly permissions?: GroupPermissions;
}

/** XMTP's preset permissions: all members, or only admins and super admins. */
export type GroupPermissions = "all-members" | "admin-only";

const presets: Readonly<Record<GroupPermissions, Permissions>> = {
  "all-members": allMembers,
  "admin-only": adminOnly,
};

/** Returns the extensions of a new group that inbox `creator` creates. */
export function groupExtensions(
  creator: InboxId,
  { groupName, permissions = "all-members", ...texts }: NewGroupOptions,
  randomBytes: RandomBytes,
): readonly Extension[] {
  return newGroupExtensions(creator, {
    ...texts,
    ...(groupName === undefined ? {} : { name: groupName }),
    permissions: presets[permissions],
    randomBytes,
  });
}
