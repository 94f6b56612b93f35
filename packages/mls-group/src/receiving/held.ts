import type { Delivered } from "../ports/delivery-service.js";
import type {
  GroupRecord,
  GroupStateChanges,
  HeldRecord,
} from "../ports/group-state-store.js";

// An epoch starts before its messages arrive, so that few are ever held. More than this is a flood.
const maxHeld = 256;
const maxHeldBytes = 4 * 1024 * 1024;

/** Keeps an entry of a later epoch until the group is in it. Drops the oldest ones when there are too many. */
export function hold(
  { id: sequence, createdAtNs: sentAtNs, data }: Delivered,
  epoch: bigint,
  group: GroupRecord,
  held: readonly HeldRecord[],
): Pick<GroupStateChanges, "held" | "heldDone"> {
  if (data.length > maxHeldBytes) return {};
  const row = { groupId: group.id, sequence, epoch, sentAtNs, data };
  const all = [...held, row];
  let bytes = all.reduce((sum, one) => sum + one.data.length, 0);
  let dropped = 0;
  while (all.length - dropped > maxHeld || bytes > maxHeldBytes) {
    bytes -= all[dropped]?.data.length ?? 0;
    dropped++;
  }
  return { held: [row], heldDone: all.slice(0, dropped) };
}

/** Returns the first held entry for an epoch that the group has reached. */
export function nextHeld(
  held: readonly HeldRecord[],
  { epoch, active }: GroupRecord,
): HeldRecord | undefined {
  return active ? held.find((row) => row.epoch <= epoch) : undefined;
}
