import { metadataFields } from "./mutable-metadata.js";
import type { Permissions } from "./permissions.js";
import type { Policy } from "./policy.js";

const open = [
  metadataFields.name,
  metadataFields.description,
  metadataFields.imageUrl,
  metadataFields.appData,
];
const disappearing = [
  metadataFields.disappearFromNs,
  metadataFields.disappearInNs,
];

/** XMTP's default: all members add members and change the group's attributes. Sync groups have it, too. */
export const allMembers: Permissions = {
  addMember: "allow",
  removeMember: "admin",
  updateMetadata: metadata("allow"),
  addAdmin: "super-admin",
  removeAdmin: "super-admin",
  updatePermissions: "super-admin",
};

/** XMTP's "admin only": the same for admins alone. */
export const adminOnly: Permissions = {
  ...allMembers,
  addMember: "admin",
  updateMetadata: metadata("admin"),
};

/** XMTP's policies of a DM: it has no admins, and its inboxes are always the same two. */
export const dmPermissions: Permissions = {
  addMember: "deny",
  removeMember: "deny",
  updateMetadata: new Map(
    [...metadata("allow").keys()].map((field) => [field, "allow"]),
  ),
  addAdmin: "deny",
  removeAdmin: "deny",
  updatePermissions: "deny",
};

function metadata(policy: Policy): ReadonlyMap<string, Policy> {
  return new Map([
    ...open.map((field) => [field, policy] as const),
    ...disappearing.map((field) => [field, "admin"] as const),
    [metadataFields.minimumProtocolVersion, "super-admin"],
  ]);
}
