import {
  equalBytes,
  type InstallationId,
  nowNs,
} from "@history-sync/primitives";
import { sha256 } from "@noble/hashes/sha2.js";
import type { MlsContext } from "../context.js";
import { MlsGroupError } from "../errors.js";
import { wrapped } from "../joining/welcomes.js";
import type { Member } from "../ports/authentication-service.js";
import type { Delivered } from "../ports/delivery-service.js";
import type {
  GroupRecord,
  GroupStateChanges,
  HeldRecord,
  OutboxRecord,
  ReceivedRecord,
} from "../ports/group-state-store.js";
import { cameBack, tooOld, withoutDoubt } from "../sending/outbox.js";
import { messageHeader } from "../wire/message-header.js";
import { refutes, suspected, withReadded } from "./fork.js";
import { hold } from "./held.js";

/** The result of an entry of a group's topic: one transaction, and its name in the log. */
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
    | "held"
    | "skipped";
  /** The error code for which the entry was skipped. */
  readonly code?: string;
}

/** The stored rows of a group beside its record. */
export interface StoredRows {
  readonly outbox: readonly OutboxRecord[];
  readonly held: readonly HeldRecord[];
}

/** Processes one entry, in the group's order. Throws only retryable errors. */
export async function receive(
  entry: Delivered,
  group: GroupRecord,
  rows: StoredRows,
  self: Member,
  context: MlsContext,
): Promise<Step> {
  const record = { ...group, cursor: entry.id };
  const hash = sha256(entry.data);
  const row = rows.outbox.find((row) => equalBytes(row.hash, hash));
  if (row) return ownMessage(row, entry, record, rows, self);
  if (group.pending && equalBytes(group.pending.hash, hash)) {
    return ownCommit(entry, record, group.pending, context);
  }
  const header = messageHeader(entry.data, group.id);
  if (header && header.epoch > group.epoch) {
    const changes = hold(entry, header.epoch, group, rows.held);
    return {
      ...stepOf(record, "held"),
      changes: { groups: [record], ...changes },
    };
  }
  return othersEntry(entry, record, rows, context);
}

/** Processes an entry that was held until its epoch came. */
export async function receiveHeld(
  row: HeldRecord,
  group: GroupRecord,
  rows: StoredRows,
  context: MlsContext,
): Promise<Step> {
  const { sequence: id, sentAtNs: createdAtNs, data } = row;
  const step = await othersEntry(
    { id, createdAtNs, data },
    group,
    rows,
    context,
  );
  return { ...step, changes: { ...step.changes, heldDone: [row] } };
}

type Entry = Pick<Delivered, "id" | "createdAtNs" | "data">;

function stepOf(record: GroupRecord, event: Step["event"]): Step {
  return { record, changes: { groups: [record] }, event };
}

function ownMessage(
  row: OutboxRecord,
  entry: Entry,
  record: GroupRecord,
  { outbox }: StoredRows,
  self: Member,
): Step {
  const isNew = row.phase === "sent";
  if (isNew && tooOld(row.epoch, record.epoch)) {
    return stepOf(record, "own-message-too-late");
  }
  const received = {
    ...receivedOf(entry, record, self, row),
    own: true,
  };
  const changes = {
    groups: [record],
    ...cameBack(row, record, outbox),
    received: isNew ? [received] : [],
  };
  return { record, changes, event: "own-message" };
}

async function ownCommit(
  entry: Entry,
  group: GroupRecord,
  pending: NonNullable<GroupRecord["pending"]>,
  context: MlsContext,
): Promise<Step> {
  const { pending: _, ...rest } = group;
  if (pending.epoch !== group.epoch) return stepOf(rest, "own-commit-lost");
  const { engine } = context;
  const state = await engine.confirmCommit(group.state, pending.nextState);
  const readded = await readdedByOwn(group, pending, context);
  const isNoted = readded.length > 0 || group.readded !== undefined;
  const record = {
    ...rest,
    ...(isNoted &&
      withReadded(group, readded, entry, (await engine.view(state)).members)),
    state,
    epoch: pending.epoch + 1n,
    keysRenewedAtNs: nowNs(context.clock),
    welcomes: [
      ...group.welcomes,
      ...(await wrapped(pending.welcomes, entry.id, context)),
    ],
  };
  return stepOf(record, "own-commit");
}

/** Returns the members to which the commit sends Welcomes. Most commits have no Welcome. */
async function readdedByOwn(
  { state }: GroupRecord,
  { welcomes }: NonNullable<GroupRecord["pending"]>,
  { engine }: MlsContext,
): Promise<readonly InstallationId[]> {
  if (welcomes.length === 0) return [];
  const { members } = await engine.view(state);
  const before = new Set(members.map(({ installationId }) => installationId));
  return welcomes
    .map(({ installationId }) => installationId)
    .filter((id) => before.has(id));
}

/** Processes another member's entry, or skips it with the code of its error. */
async function othersEntry(
  entry: Entry,
  group: GroupRecord,
  rows: StoredRows,
  context: MlsContext,
): Promise<Step> {
  try {
    return await othersMessage(entry, group, rows, context);
  } catch (error) {
    if (!(error instanceof MlsGroupError) || error.retryable) throw error;
    if (error.code === "unsupported-state") throw error;
    const header = messageHeader(entry.data, group.id);
    const isUnreadable =
      error.code === "undecryptable" &&
      header?.isCommit === true &&
      header.epoch === group.epoch &&
      group.fork === undefined;
    const record = isUnreadable
      ? suspected(group, "unreadable-commit", context)
      : group;
    return { ...stepOf(record, "skipped"), code: error.code };
  }
}

async function othersMessage(
  entry: Entry,
  group: GroupRecord,
  { outbox }: StoredRows,
  { engine, log }: MlsContext,
): Promise<Step> {
  const processed = await engine.process(group.state, entry.data);
  if (processed.kind === "late-commit") return stepOf(group, "late-commit");
  const { state } = processed;
  if (processed.kind === "refused-commit") {
    const step = stepOf({ ...group, state }, "skipped");
    return { ...step, code: processed.code };
  }
  const isMessage = processed.kind === "application";
  const { fork, ...sound } = group;
  const isSound = refutes(isMessage ? processed.epoch : group.epoch, fork);
  if (isSound) log("group.fork-refuted", { group: group.id });
  const before = isSound ? sound : group;
  const outboxDone = isSound ? withoutDoubt(outbox) : [];
  if (isMessage) {
    const record = { ...before, state };
    const { sender } = processed;
    const received = [receivedOf(entry, record, sender, processed)];
    const changes = { groups: [record], received, outboxDone };
    return { record, changes, event: "message" };
  }
  // Another commit has ended the epoch: an own one for that epoch can no longer count.
  const { pending: _, ...rest } = before;
  const { epoch, active, members } = await engine.view(state);
  const readded = withReadded(group, processed.readded, entry, members);
  const record = { ...rest, ...readded, state, epoch, active };
  const changes = { groups: [record], outboxDone };
  return { record, changes, event: "commit" };
}

function receivedOf(
  entry: Entry,
  { id: groupId }: GroupRecord,
  { installationId: sender, credential }: Member,
  { epoch, plaintext }: Pick<ReceivedRecord, "epoch" | "plaintext">,
): ReceivedRecord {
  return {
    groupId,
    sequence: entry.id,
    sender,
    credential,
    own: false,
    epoch,
    sentAtNs: entry.createdAtNs,
    plaintext,
  };
}
