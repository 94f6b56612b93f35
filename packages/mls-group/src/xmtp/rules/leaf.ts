import type { InboxId, InstallationId } from "@history-sync/primitives";
import type { Member } from "../../ports/authentication-service.js";
import { inboxOf } from "../credential.js";
import { invalid } from "../group-data/extension-data.js";

/** An installation together with its inbox, in one word, so that sets of them can be compared. */
export type Leaf = `${InboxId} ${InstallationId}`;

/** Throws `invalid-group-data` for a member whose credential names no inbox. */
export function leafOf(member: Member): Leaf {
  return leafIn(inboxOfMember(member), member.installationId);
}

export function leafIn(inboxId: InboxId, id: InstallationId): Leaf {
  return `${inboxId} ${id}`;
}

export function installationOf(leaf: Leaf): InstallationId {
  return leaf.split(" ")[1] as InstallationId;
}

/** Throws `invalid-group-data` for a member whose credential names no inbox. */
export function inboxOfMember({ credential }: Member): InboxId {
  const inboxId = inboxOf(credential);
  if (inboxId !== undefined) return inboxId;
  throw invalid(
    "a member whose credential names an inbox",
    `one of ${credential.length} bytes that name none`,
  );
}

/** What is in the first and not in the second. */
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
