import type { MlsContext } from "../context.js";
import type {
  GroupRecord,
  GroupStateChanges,
  OutboxRecord,
} from "../ports/group-state-store.js";
import { protectAgain } from "../sending/outbox.js";

/**
 * What a known group becomes by a Welcome; undefined when it stays as it is: whoever follows the group needs none, and
 * an old Welcome that comes again leads nowhere. Whatever waits goes on in the new state.
 */
export async function takeOver(
  joined: GroupRecord,
  group: GroupRecord,
  { store, engine, log }: MlsContext,
): Promise<
  | { readonly record: GroupRecord; readonly changes: GroupStateChanges }
  | undefined
> {
  const { fork, active, id } = group;
  const passed = fork && active ? fork.epoch : group.epoch;
  if ((active && !fork) || joined.epoch <= passed) return undefined;
  const { readded } = group;
  let record: GroupRecord = { ...joined, readded };
  const outbox: OutboxRecord[] = [];
  for (const row of await store.outbox(id)) {
    const anew = await protectAgain(row, record, engine);
    record = anew.record;
    outbox.push(anew.row);
  }
  // Those that a newcomer can read stand behind its cursor, and come again.
  const heldDone = await store.held(id);
  log("group.rejoined", {
    group: id,
    epoch: joined.epoch,
    resent: outbox.length,
  });
  return { record, changes: { groups: [record], outbox, heldDone } };
}
