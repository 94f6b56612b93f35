import type { InboxId } from "@history-sync/primitives";
import { equalBytes } from "@history-sync/primitives";
import { invalid } from "../group-data/extension-data.js";
import {
  expectFits,
  type MutableMetadata,
} from "../group-data/mutable-metadata.js";
import {
  metadataPolicy,
  permissionsExtension,
} from "../group-data/permissions.js";
import { allows, type Policy } from "../group-data/policy.js";
import type { Actor } from "./actor.js";
import type { ExpectedChange } from "./expected-change.js";
import type { GroupData } from "./group-data.js";

/**
 * Checks that the group's permissions before the commit allow all that the committer does.
 *
 * @throws {MlsGroupError} `invalid-group-data`
 */
export function expectPermitted(
  before: GroupData,
  after: GroupData,
  inboxes: ExpectedChange,
  actor: Actor,
): void {
  const { permissions, mutable } = before;
  const may = (policy: Policy, what: string): void => {
    if (!allows(policy, actor)) {
      throw invalid(`a committer who may ${what}`, "one who may not");
    }
  };
  if (
    inboxes.addedInboxes.length > 0 &&
    !addsDmMember(before, inboxes, actor)
  ) {
    may(permissions.addMember, "add members");
  }
  if (inboxes.removedInboxes.length > 0) {
    may(permissions.removeMember, "remove members");
    expectNoSuperAdmin(inboxes.removedInboxes, mutable);
  }
  for (const [field, value] of changedAttributes(mutable, after.mutable)) {
    may(metadataPolicy(permissions, field), `change the attribute ${field}`);
    if (value !== undefined) expectFits(field, value);
  }
  const admins = listChange(mutable.admins, after.mutable.admins);
  if (admins.grows) may(permissions.addAdmin, "add admins");
  if (admins.shrinks) may(permissions.removeAdmin, "remove admins");
  const superAdmins = listChange(
    mutable.superAdmins,
    after.mutable.superAdmins,
  );
  if (superAdmins.grows || superAdmins.shrinks) {
    may("super-admin", "change super admins");
  }
  if (superAdmins.shrinks && after.mutable.superAdmins.length === 0) {
    throw invalid("a super admin to remain", "none");
  }
  if (!samePermissions(before, after)) may("super-admin", "change permissions");
}

/** Either inbox of a DM may always add the other one again. */
function addsDmMember(
  { immutable: { dmMembers } }: GroupData,
  { addedInboxes }: ExpectedChange,
  { inboxId }: Actor,
): boolean {
  const [added, ...others] = addedInboxes;
  return (
    added !== undefined &&
    others.length === 0 &&
    dmMembers?.includes(added) === true &&
    added !== inboxId
  );
}

function expectNoSuperAdmin(
  removed: readonly InboxId[],
  { superAdmins }: MutableMetadata,
): void {
  if (removed.some((id) => superAdmins.includes(id))) {
    throw invalid("super admins to stay members", "one removed");
  }
}

function changedAttributes(
  { attributes: before }: MutableMetadata,
  { attributes: after }: MutableMetadata,
): readonly (readonly [string, string | undefined])[] {
  return [...new Set([...before.keys(), ...after.keys()])]
    .filter((field) => before.get(field) !== after.get(field))
    .map((field) => [field, after.get(field)]);
}

function listChange(
  before: readonly string[],
  after: readonly string[],
): { readonly grows: boolean; readonly shrinks: boolean } {
  return {
    grows: after.some((id) => !before.includes(id)),
    shrinks: before.some((id) => !after.includes(id)),
  };
}

// Encoding gives them one form, in whatever order the group's own bytes are.
function samePermissions(before: GroupData, after: GroupData): boolean {
  const [old, next] = [before, after].map(
    ({ permissions }) => permissionsExtension(permissions).data,
  );
  return old !== undefined && next !== undefined && equalBytes(old, next);
}
