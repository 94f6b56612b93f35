import { toHex } from "@history-sync/primitives";
import { sha256 } from "@noble/hashes/sha2.js";
import type { Engine } from "../engine/engine.js";
import { pastEpochs } from "../parameters.js";
import type {
  GroupRecord,
  GroupStateChanges,
  OutboxRecord,
} from "../ports/group-state-store.js";

// Applies while a fork is suspected. Older messages count as read.
const maxDoubtful = 256;

/** A message in the outbox, and the record of the group after its encryption. */
export interface ProtectedMessage {
  readonly record: GroupRecord;
  readonly row: OutboxRecord;
}

/** Options of a message. */
export interface Sending {
  /** The message's name in the outbox. Default: the hash of its ciphertext. */
  readonly id?: string | undefined;
  /** True if push servers notify the other members' devices. Default: false. */
  readonly shouldPush?: boolean | undefined;
}

/** Encrypts a message. */
export async function protectNew(
  plaintext: Uint8Array,
  { id, shouldPush = false }: Sending,
  group: GroupRecord,
  engine: Engine,
): Promise<ProtectedMessage> {
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

/** Encrypts a message again under the same id, after its epoch has become too old for its readers. */
export async function protectAgain(
  row: OutboxRecord,
  group: GroupRecord,
  engine: Engine,
): Promise<ProtectedMessage> {
  const again = await protectNew(row.plaintext, row, group, engine);
  const phase = row.phase === "sent" ? "sent" : "again";
  return { ...again, row: { ...again.row, phase } };
}

/** Returns true if members in `groupEpoch` can no longer read a message of `messageEpoch`. */
export function tooOld(messageEpoch: bigint, groupEpoch: bigint): boolean {
  return messageEpoch + pastEpochs < groupEpoch;
}

/** Returns true if the delivery service may not have the message yet. */
export function isOnItsWay({ phase }: OutboxRecord): boolean {
  return phase !== "doubtful";
}

/** Removes a message that has come back from the outbox, or keeps it as doubtful while a fork is suspected. */
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

/** Returns the doubtful messages. They were read, since there was no fork. */
export function withoutDoubt(
  outbox: readonly OutboxRecord[],
): readonly OutboxRecord[] {
  return outbox.filter((row) => !isOnItsWay(row));
}
