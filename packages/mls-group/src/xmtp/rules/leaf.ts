import type { InboxId, InstallationId } from "@history-sync/primitives";
import type { Member } from "../../ports/authentication-service.js";
import { inboxOf } from "../credential.js";
import { invalid } from "../group-data/extension-data.js";

/** An installation together with its inbox as one string, so that sets of them can be compared. */
export type Leaf = `${InboxId} ${InstallationId}`;

/**
 * Returns a member's leaf.
 *
 * @throws {MlsGroupError} `invalid-group-data` for a member with a credential that names no inbox
 */
export function leafOf(member: Member): Leaf {
  return leafIn(inboxOfMember(member), member.installationId);
}

export function leafIn(inboxId: InboxId, id: InstallationId): Leaf {
  return `${inboxId} ${id}`;
}

export function installationOf(leaf: Leaf): InstallationId {
  return leaf.split(" ")[1] as InstallationId;
}

/**
 * Returns a member's inbox.
 *
 * @throws {MlsGroupError} `invalid-group-data` for a member with a credential that names no inbox
 */
export function inboxOfMember({ credential }: Member): InboxId {
  const inboxId = inboxOf(credential);
  if (inboxId !== undefined) return inboxId;
  throw invalid(
    "a member whose credential names an inbox",
    `one of ${credential.length} bytes that name none`,
  );
}

/** Returns the items of the first set that aren't in the second. */
export function without<Item>(
  these: Iterable<Item>,
  those: { has(item: Item): boolean },
): ReadonlySet<Item> {
  return new Set([...these].filter((item) => !those.has(item)));
}

export function sameSet<Item>(
  a: ReadonlySet<Item>,
  b: ReadonlySet<Item>,
): boolean {
  return a.size === b.size && [...a].every((item) => b.has(item));
}
