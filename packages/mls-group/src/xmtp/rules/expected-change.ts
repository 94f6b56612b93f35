import type { InboxId } from "@history-sync/primitives";
import { invalid } from "../group-data/extension-data.js";
import type { Membership } from "../group-data/membership.js";
import type { InboxStates } from "./inbox-states.js";
import { type InboxAt, installationsOf } from "./installations-of.js";
import { type Leaf, without } from "./leaf.js";

/** The Adds and Removes that a change of a group's membership requires. */
export interface ExpectedChange {
  readonly added: ReadonlySet<Leaf>;
  readonly removed: ReadonlySet<Leaf>;
  readonly addedInboxes: readonly InboxId[];
  readonly removedInboxes: readonly InboxId[];
}

type SequenceIds = Membership["sequenceIds"];

/**
 * Compares the identity logs at the sequence ids before and after. An id of 0 before means no installations: the
 * group's first commit raises its creator's id from 0.
 *
 * @throws {MlsGroupError} `invalid-group-data` for an id that falls, or that no log has
 */
export async function expectedChange(
  before: SequenceIds,
  after: SequenceIds,
  states: InboxStates,
): Promise<ExpectedChange> {
  const changed = [...after].filter(([id, at]) => before.get(id) !== at);
  for (const [id, at] of changed) {
    const from = before.get(id) ?? 0n;
    if (at < from) {
      throw invalid(`a sequence id of ${from} or more for ${id}`, `${at}`);
    }
  }
  const gone = [...before].filter(([id]) => !after.has(id));
  const left = changed.flatMap(([id]): readonly InboxAt[] => {
    const from = before.get(id) ?? 0n;
    return from > 0n ? [[id, from]] : [];
  });
  const earlier = await installationsOf([...left, ...gone], states);
  const later = await installationsOf(changed, states);
  return {
    added: without(later, earlier),
    removed: without(earlier, later),
    addedInboxes: changed.map(([id]) => id).filter((id) => !before.has(id)),
    removedInboxes: gone.map(([id]) => id),
  };
}
