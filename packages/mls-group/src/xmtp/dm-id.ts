import type { InboxId } from "@history-sync/primitives";

/** What all DMs of two inboxes have in common, whichever of the two made them. */
export function dmId(one: InboxId, other: InboxId): string {
  return `dm:${[one, other].sort().join(":")}`;
}
