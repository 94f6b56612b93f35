import type { MlsContext } from "../context.js";
import type { Member } from "../ports/authentication-service.js";
import type {
  GroupRecord,
  GroupStateChanges,
} from "../ports/group-state-store.js";
import { isLeftBehind, suspected } from "./fork.js";
import { nextHeld } from "./held.js";
import { receive, receiveHeld, type Step, type StoredRows } from "./receive.js";
import { entriesAfter } from "./topics.js";

/** Stores a step's transaction before the next step. */
export type Write = (
  record: GroupRecord,
  changes: GroupStateChanges,
) => Promise<void>;

/**
 * Processes the entries after the group's cursor, and those that were held until their epoch. Every entry is
 * processed once, whatever it contains. Returns true if an own commit has come to count.
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
  let rows: StoredRows = {
    outbox: await store.outbox(group.id),
    held: await store.held(group.id),
  };
  let committed = false;

  const apply = async (step: Step, sequence: bigint) => {
    await write(step.record, step.changes);
    record = step.record;
    rows = rowsAfter(rows, step);
    committed ||= step.event === "own-commit";
    logStep(step, sequence, context);
  };
  const applyHeld = async () => {
    for (;;) {
      const row = nextHeld(rows.held, record);
      if (!row) return;
      await apply(await receiveHeld(row, record, rows, context), row.sequence);
    }
  };

  await applyHeld();
  const topic = { kind: "group", groupId: group.id } as const;
  const entries = entriesAfter(topic, group.cursor, context, signal);
  for await (const entry of entries) {
    const step = await receive(entry, record, rows, self, context);
    await apply(step, entry.id);
    await applyHeld();
    if (!record.active) break;
  }
  if (isLeftBehind(record, rows.held)) {
    const left = suspected(record, "later-epochs", context);
    if (left !== record) await write(left, { groups: [left] });
  }
  return committed;
}

function rowsAfter(
  { outbox, held }: StoredRows,
  { changes }: Step,
): StoredRows {
  const rewritten = changes.outbox ?? [];
  const sent = changes.outboxDone ?? [];
  const applied = changes.heldDone ?? [];
  return {
    outbox: outbox
      .filter((row) => sent.every(({ id }) => id !== row.id))
      .map((row) => rewritten.find(({ id }) => id === row.id) ?? row),
    held: [...held, ...(changes.held ?? [])].filter((row) =>
      applied.every(({ sequence }) => sequence !== row.sequence),
    ),
  };
}

function logStep(
  { record, changes, event, code }: Step,
  sequence: bigint,
  { log }: MlsContext,
): void {
  const group = record.id;
  const reason = code === undefined ? {} : { code };
  log("group.received", { group, sequence, event, ...reason });
  const dropped = event === "held" ? (changes.heldDone?.length ?? 0) : 0;
  if (dropped > 0) log("group.held-dropped", { group, count: dropped });
}
