import { deliver, type MlsContext } from "../context.js";
import type { Member } from "../ports/authentication-service.js";
import { receiveAll } from "../receiving/receive-all.js";
import { isOnItsWay, protectAgain, tooOld } from "../sending/outbox.js";
import type { StoredGroup } from "./stored-group.js";

// Settling ends as soon as nothing is on its way. This bounds it for a delivery service that never returns an entry.
const maxSettleRounds = 4;

/** The parts of a group that receive and publish. */
export interface Exchange {
  readonly group: StoredGroup;
  readonly self: Member;
  readonly context: MlsContext;
}

/** Receives and publishes until nothing is on its way. Returns true if an own commit has come to count. */
export async function settle(
  exchange: Exchange,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  let committed = false;
  for (let round = 0; round < maxSettleRounds; round++) {
    committed = (await receiveNew(exchange, signal)) || committed;
    if (!(await publish(exchange, signal))) break;
  }
  return committed;
}

/**
 * Processes the entries after the cursor, then sends the Welcomes of commits that have come to count. Returns true if an
 * own commit is among them.
 */
export async function receiveNew(
  { group, self, context }: Exchange,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const committed = await receiveAll(
    group.record,
    (record, changes) => group.write(record, changes),
    self,
    context,
    signal,
  );
  await sendWelcomes(group, context, signal);
  return committed;
}

/** Sends them even after this installation was removed: no other member has what its newcomers need. */
async function sendWelcomes(
  group: StoredGroup,
  { deliveryService }: MlsContext,
  signal: AbortSignal | undefined,
): Promise<void> {
  const { welcomes } = group.record;
  if (welcomes.length === 0) return;
  await deliver(
    () => deliveryService.sendWelcomes(welcomes, { signal }),
    signal,
  );
  const record = { ...group.record, welcomes: [] };
  await group.write(record, { groups: [record] });
}

/** Sends what the delivery service may not have yet. Returns true if some of it will come back. */
async function publish(
  { group, context }: Exchange,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const { store, deliveryService, engine } = context;
  const { id, active } = group.record;
  if (!active) return false;
  const send = (message: Uint8Array, shouldPush: boolean) => {
    const options = { shouldPush, signal };
    return deliver(
      () => deliveryService.sendGroupMessage(id, message, options),
      signal,
    );
  };
  const outbox = (await store.outbox(id)).filter(isOnItsWay);
  for (let row of outbox) {
    if (tooOld(row.epoch, group.record.epoch)) {
      const again = await protectAgain(row, group.record, engine);
      row = again.row;
      await group.write(again.record, {
        groups: [again.record],
        outbox: [row],
      });
    }
    await send(row.message, row.shouldPush);
  }
  const { pending } = group.record;
  if (pending) await send(pending.message, false);
  return outbox.length > 0 || pending !== undefined;
}
