import type { InboxId } from "@history-sync/primitives";
import type { Member } from "../../ports/authentication-service.js";
import type { MutableMetadata } from "../group-data/mutable-metadata.js";
import type { PolicyActor } from "../group-data/policy.js";
import { inboxOfMember, type Leaf, leafOf } from "./leaf.js";

/** The committer, with its place in the lists that the group has before the commit. */
export interface Actor extends PolicyActor {
  readonly inboxId: InboxId;
  readonly leaf: Leaf;
}

export function actorOf(
  committer: Member,
  { admins, superAdmins }: MutableMetadata,
): Actor {
  const inboxId = inboxOfMember(committer);
  return {
    inboxId,
    leaf: leafOf(committer),
    isAdmin: admins.includes(inboxId),
    isSuperAdmin: superAdmins.includes(inboxId),
  };
}
