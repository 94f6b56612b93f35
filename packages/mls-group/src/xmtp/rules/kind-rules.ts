import type { InboxId } from "@history-sync/primitives";
import { invalid } from "../group-data/extension-data.js";
import type { GroupData } from "./group-data.js";

/** Checks that a sync group has one inbox: libxmtp's default permissions would let any member add another. */
export function expectOwnInboxOnly(
  { immutable, membership }: GroupData,
  own: InboxId,
): void {
  if (immutable.kind !== "sync") return;
  const inboxes = [immutable.creatorInboxId, ...membership.sequenceIds.keys()];
  if (inboxes.some((id) => id !== own)) {
    throw invalid("a sync group of this inbox", "one with another in it");
  }
}

/** Checks that a DM has two inboxes, this one among them, no admins, and permissions that admit no other inbox. */
export function expectDm(
  { immutable, mutable, membership, permissions }: GroupData,
  own: InboxId,
): void {
  if (immutable.kind !== "dm") return;
  const { dmMembers = [] } = immutable;
  if (!dmMembers.some((id) => id === own)) {
    throw invalid("a DM of this inbox", "one of two others");
  }
  const isOfBoth = (id: InboxId) => dmMembers.some((member) => member === id);
  if (![...membership.sequenceIds.keys()].every(isOfBoth)) {
    throw invalid("a DM with only its two members", "one with more");
  }
  if (mutable.admins.length + mutable.superAdmins.length > 0) {
    throw invalid("a DM without admins", "one with some");
  }
  const { addMember, removeMember, addAdmin, removeAdmin, updatePermissions } =
    permissions;
  const fixed = [
    addMember,
    removeMember,
    addAdmin,
    removeAdmin,
    updatePermissions,
  ];
  if (fixed.some((policy) => policy !== "deny")) {
    throw invalid("a DM whose members and rights are fixed", "another");
  }
}
