import { toHex } from "@history-sync/primitives";
import { sha256 } from "@noble/hashes/sha2.js";
import type { Engine } from "../engine/engine.js";
import { pastEpochs } from "../parameters.js";
import type {
  GroupRecord,
  GroupStateChanges,
  OutboxRecord,
} from "../ports/group-state-store.js";

// While a fork is suspected; older ones are taken for read.
const maxDoubtful = 256;

/** A message in the outbox, and the group that encrypted it. */
export interface Protected {
  readonly record: GroupRecord;
  readonly row: OutboxRecord;
}

/** What a sender says of a message beside its text. */
export interface Sending {
  /** Names it in the outbox. Default: the hash of its ciphertext. */
  readonly id?: string | undefined;
  /** Whether push servers shall tell the other members' devices of it. Default: false. */
  readonly shouldPush?: boolean | undefined;
}

/** Encrypts a message. */
export async function protectNew(
  plaintext: Uint8Array,
  { id, shouldPush = false }: Sending,
  group: GroupRecord,
  engine: Engine,
): Promise<Protected> {
  const { state, message } = await engine.protect(group.state, plaintext);
  const hash = sha256(message);
  const row: OutboxRecord = {
    groupId: group.id,
    id: id ?? toHex(hash),
    epoch: group.epoch,
    message,
    hash,
    plaintext,
    phase: "sent",
    shouldPush,
  };
  return { record: { ...group, state }, row };
}

/** Encrypts a message again that its readers can't read any more, under the same id. */
export async function protectAgain(
  row: OutboxRecord,
  group: GroupRecord,
  engine: Engine,
): Promise<Protected> {
  const anew = await protectNew(row.plaintext, row, group, engine);
  const phase = row.phase === "sent" ? "sent" : "again";
  return { ...anew, row: { ...anew.row, phase } };
}

/** Whether members of this epoch can't read a message of that one any more. */
export function tooOld(messageEpoch: bigint, groupEpoch: bigint): boolean {
  return messageEpoch + pastEpochs < groupEpoch;
}

/** Whether the delivery service may not have it yet. */
export function isOnItsWay({ phase }: OutboxRecord): boolean {
  return phase !== "doubtful";
}

/** A message came back: it is done with, unless there is doubt whether others can read it. */
export function cameBack(
  row: OutboxRecord,
  { fork }: GroupRecord,
  outbox: readonly OutboxRecord[],
): Pick<GroupStateChanges, "outbox" | "outboxDone"> {
  if (!fork) return { outboxDone: [row] };
  const doubtful = outbox.filter((one) => one !== row && !isOnItsWay(one));
  const tooMany = doubtful.slice(0, doubtful.length + 1 - maxDoubtful);
  return {
    outbox: [{ ...row, phase: "doubtful" }],
    outboxDone: doubtful.length < maxDoubtful ? [] : tooMany,
  };
}

/** There was no fork: what came back was read. */
export function withoutDoubt(
  outbox: readonly OutboxRecord[],
): readonly OutboxRecord[] {
  return outbox.filter((row) => !isOnItsWay(row));
}
