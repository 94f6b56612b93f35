import type { MlsContext } from "../context.js";
import type { Member } from "../ports/authentication-service.js";
import type {
  GroupRecord,
  GroupStateChanges,
} from "../ports/group-state-store.js";
import { isLeftBehind, suspected } from "./fork.js";
import { nextHeld } from "./held.js";
import { receive, receiveHeld, type Step, type Waiting } from "./receive.js";
import { entriesAfter } from "./topics.js";

/** Writes a step's transaction before the next one is taken. */
export type Write = (
  record: GroupRecord,
  changes: GroupStateChanges,
) => Promise<void>;

/**
 * Takes in what stands behind the group's cursor, and what was held until its epoch came. Every entry is looked at once,
 * whatever is in it. Tells whether a commit of one's own came to count.
 */
export async function receiveAll(
  group: GroupRecord,
  write: Write,
  self: Member,
  context: MlsContext,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  if (!group.active) return false;
  const { store } = context;
  let record = group;
  let waiting: Waiting = {
    outbox: await store.outbox(group.id),
    held: await store.held(group.id),
  };
  let committed = false;

  const take = async (step: Step, sequence: bigint) => {
    await write(step.record, step.changes);
    record = step.record;
    waiting = waitingAfter(waiting, step);
    committed ||= step.event === "own-commit";
    logStep(step, sequence, context);
  };
  const takeHeld = async () => {
    for (;;) {
      const row = nextHeld(waiting.held, record);
      if (!row) return;
      await take(
        await receiveHeld(row, record, waiting, context),
        row.sequence,
      );
    }
  };

  await takeHeld();
  const topic = { kind: "group", groupId: group.id } as const;
  const entries = entriesAfter(topic, group.cursor, context, signal);
  for await (const entry of entries) {
    const step = await receive(entry, record, waiting, self, context);
    await take(step, entry.id);
    await takeHeld();
    if (!record.active) break;
  }
  if (isLeftBehind(record, waiting.held)) {
    const left = suspected(record, "later-epochs", context);
    if (left !== record) await write(left, { groups: [left] });
  }
  return committed;
}

function waitingAfter({ outbox, held }: Waiting, { changes }: Step): Waiting {
  const rewritten = changes.outbox ?? [];
  const sent = changes.outboxDone ?? [];
  const taken = changes.heldDone ?? [];
  return {
    outbox: outbox
      .filter((row) => sent.every(({ id }) => id !== row.id))
      .map((row) => rewritten.find(({ id }) => id === row.id) ?? row),
    held: [...held, ...(changes.held ?? [])].filter((row) =>
      taken.every(({ sequence }) => sequence !== row.sequence),
    ),
  };
}

function logStep(
  { record, changes, event, code }: Step,
  sequence: bigint,
  { log }: MlsContext,
): void {
  const group = record.id;
  const told = code === undefined ? {} : { code };
  log("group.received", { group, sequence, event, ...told });
  const dropped = event === "held" ? (changes.heldDone?.length ?? 0) : 0;
  if (dropped > 0) log("group.held-dropped", { group, count: dropped });
}
