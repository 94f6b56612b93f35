import type { InboxId } from "@history-sync/primitives";
import { invalid } from "../group-data/extension-data.js";
import type { InboxStates } from "./inbox-states.js";
import { type Leaf, leafIn } from "./leaf.js";

/** An inbox at an update of its log. */
export type InboxAt = readonly [InboxId, bigint];

// XMTP's own limit is 250. It applies to a member that adds others, not to a group.
const maxInboxes = 1_000;
const lookedUpAtOnce = 16;

/**
 * Returns the installations of several inboxes.
 *
 * @throws {MlsGroupError} `invalid-group-data` for an update that its log doesn't have
 */
export async function installationsOf(
  inboxes: readonly InboxAt[],
  states: InboxStates,
): Promise<ReadonlySet<Leaf>> {
  if (inboxes.length > maxInboxes) {
    throw invalid(`at most ${maxInboxes} inboxes`, `${inboxes.length}`);
  }
  const leaves = new Set<Leaf>();
  for (let at = 0; at < inboxes.length; at += lookedUpAtOnce) {
    const some = inboxes.slice(at, at + lookedUpAtOnce);
    const found = await Promise.all(
      some.map((inbox) => leavesOf(inbox, states)),
    );
    for (const leaf of found.flat()) leaves.add(leaf);
  }
  return leaves;
}

async function leavesOf(
  [inboxId, sequenceId]: InboxAt,
  states: InboxStates,
): Promise<readonly Leaf[]> {
  const known =
    sequenceId > 0n
      ? await states.installationsAt(inboxId, sequenceId)
      : undefined;
  if (known) return known.map((id) => leafIn(inboxId, id));
  throw invalid(
    "a sequence id of the inbox's log",
    `${sequenceId} for ${inboxId}`,
  );
}
