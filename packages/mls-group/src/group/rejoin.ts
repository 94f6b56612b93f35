import type { MlsContext } from "../context.js";
import type {
  GroupRecord,
  GroupStateChanges,
  OutboxRecord,
} from "../ports/group-state-store.js";
import { protectAgain } from "../sending/outbox.js";

/**
 * Returns the record and the changes of a known group that a Welcome replaces, with everything pending encrypted for
 * the new state. Returns undefined if the group stays as it is: a member that follows the group needs no Welcome, and
 * an old Welcome may come again.
 */
export async function rejoinedGroup(
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
    const again = await protectAgain(row, record, engine);
    record = again.record;
    outbox.push(again.row);
  }
  // Those that a new member can read come after its cursor, and are received again.
  const heldDone = await store.held(id);
  log("group.rejoined", {
    group: id,
    epoch: joined.epoch,
    resent: outbox.length,
  });
  return { record, changes: { groups: [record], outbox, heldDone } };
}
