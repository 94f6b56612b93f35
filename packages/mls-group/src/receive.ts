import { equalBytes, type InstallationId } from "@history-sync/primitives";
import { sha256 } from "@noble/hashes/sha2.js";
import type { Delivered } from "./delivery-service.js";
import type { Engine } from "./engine/engine.js";
import { MlsGroupError } from "./errors.js";
import type {
  GroupRecord,
  GroupStateChanges,
  OutboxRecord,
  ReceivedRecord,
} from "./group-state-store.js";
import { pastEpochs } from "./parameters.js";
import type { MlsContext } from "./ports.js";
import { wrapped } from "./welcomes.js";

/** What an entry of a group's topic comes to: one transaction, and what to call it. */
export interface Step {
  readonly record: GroupRecord;
  readonly changes: GroupStateChanges;
  readonly event:
    | "message"
    | "own-message"
    | "own-message-too-late"
    | "commit"
    | "own-commit"
    | "own-commit-lost"
    | "late-commit"
    | "skipped";
  /** Why the entry was skipped. */
  readonly code?: string;
}

/** Takes in one entry, in the group's order. Throws only what may be tried again. */
export async function receive(
  entry: Delivered,
  group: GroupRecord,
  outbox: readonly OutboxRecord[],
  self: InstallationId,
  context: Pick<MlsContext, "engine" | "log">,
): Promise<Step> {
  const record = { ...group, cursor: entry.id };
  const hash = sha256(entry.data);
  const row = outbox.find((row) => equalBytes(row.hash, hash));
  if (row) return ownMessage(row, entry, record, self);
  if (group.pending && equalBytes(group.pending.hash, hash)) {
    return ownCommit(entry, record, group.pending, context);
  }
  try {
    return await othersMessage(entry, record, context.engine);
  } catch (error) {
    if (!(error instanceof MlsGroupError) || error.retryable) throw error;
    if (error.code === "unsupported-state") throw error;
    const changes = { groups: [record] };
    return { record, changes, event: "skipped", code: error.code };
  }
}

/** Whether members of this epoch can't read a message of that one any more. */
export function tooOld(messageEpoch: bigint, groupEpoch: bigint): boolean {
  return messageEpoch + pastEpochs <= groupEpoch;
}

/** Encrypts a message again whose epoch is too old, under the same id. */
export async function protectAgain(
  row: OutboxRecord,
  group: GroupRecord,
  engine: Engine,
): Promise<{ readonly record: GroupRecord; readonly row: OutboxRecord }> {
  const { state, message } = await engine.protect(group.state, row.plaintext);
  return {
    record: { ...group, state },
    row: { ...row, epoch: group.epoch, message, hash: sha256(message) },
  };
}

function ownMessage(
  row: OutboxRecord,
  entry: Delivered,
  record: GroupRecord,
  self: InstallationId,
): Step {
  if (tooOld(row.epoch, record.epoch)) {
    const changes = { groups: [record] };
    return { record, changes, event: "own-message-too-late" };
  }
  const { epoch, plaintext } = row;
  const received = receivedOf(entry, record, {
    epoch,
    plaintext,
    sender: self,
  });
  return {
    record,
    changes: {
      groups: [record],
      outboxDone: [row],
      received: [{ ...received, own: true }],
    },
    event: "own-message",
  };
}

async function ownCommit(
  entry: Delivered,
  group: GroupRecord,
  pending: NonNullable<GroupRecord["pending"]>,
  { engine, log }: Pick<MlsContext, "engine" | "log">,
): Promise<Step> {
  const { pending: _, ...rest } = group;
  if (pending.epoch !== group.epoch) {
    return {
      record: rest,
      changes: { groups: [rest] },
      event: "own-commit-lost",
    };
  }
  const record = {
    ...rest,
    state: await engine.confirmCommit(group.state, pending.nextState),
    epoch: pending.epoch + 1n,
    welcomes: [
      ...group.welcomes,
      ...(await wrapped(pending.welcomes, entry.id, { log })),
    ],
  };
  return { record, changes: { groups: [record] }, event: "own-commit" };
}

async function othersMessage(
  entry: Delivered,
  group: GroupRecord,
  engine: Engine,
): Promise<Step> {
  const processed = await engine.process(group.state, entry.data);
  if (processed.kind === "late-commit") {
    return {
      record: group,
      changes: { groups: [group] },
      event: "late-commit",
    };
  }
  const { state } = processed;
  if (processed.kind === "refused-commit") {
    const record = { ...group, state };
    const changes = { groups: [record] };
    return { record, changes, event: "skipped", code: processed.code };
  }
  if (processed.kind === "application") {
    const record = { ...group, state };
    const received = [receivedOf(entry, record, processed)];
    const changes = { groups: [record], received };
    return { record, changes, event: "message" };
  }
  // Another commit ended the epoch: one's own, made for it, can't count any more.
  const { pending: _, ...rest } = group;
  const { epoch, active } = await engine.view(state);
  const record = { ...rest, state, epoch, active };
  return { record, changes: { groups: [record] }, event: "commit" };
}

function receivedOf(
  entry: Delivered,
  { id }: GroupRecord,
  {
    sender,
    epoch,
    plaintext,
  }: Pick<ReceivedRecord, "sender" | "epoch" | "plaintext">,
): ReceivedRecord {
  const { id: sequence, createdAtNs: sentAtNs } = entry;
  const groupId = id;
  return { groupId, sequence, sender, own: false, epoch, sentAtNs, plaintext };
}
