import type { InboxId } from "@history-sync/primitives";
import { applyUpdate } from "./apply-update.js";
import { IdentityError } from "./errors.js";
import type { LogEntry } from "./identity-service.js";
import type { InboxState } from "./inbox-state.js";
import type { IdentityLimits } from "./limits.js";
import type { VerifyOptions } from "./verify/verify-signature.js";
import { verifyUpdate } from "./verify/verify-update.js";
import { decodeUpdate } from "./wire/decode-update.js";

/** An inbox as it was right after one entry of its log. */
export interface InboxSnapshot {
  readonly sequenceId: bigint;
  readonly state: InboxState;
}

/** How one update is folded into an inbox state. */
export interface FoldOptions extends VerifyOptions {
  /** Continues from here, with the entries after it. */
  readonly from?: InboxSnapshot;
  readonly limits?: Partial<IdentityLimits>;
}

/** How a whole identity log is folded into an inbox state. */
export interface FoldLogOptions extends FoldOptions {
  /** The inbox as it was then: the log has to hold an update with exactly this id. */
  readonly atSequenceId?: bigint;
}

/**
 * Verifies the log of an inbox and returns the state that it leads to. Entries are in the order of their sequence ids.
 * The first bad entry makes it throw: a log with one in it isn't an inbox's log.
 */
export async function foldLog(
  inboxId: InboxId,
  entries: Iterable<LogEntry>,
  options: FoldLogOptions = {},
): Promise<InboxSnapshot> {
  const { atSequenceId } = options;
  const wanted =
    atSequenceId === undefined ? entries : upTo(entries, atSequenceId);
  let last = options.from;
  for await (const snapshot of foldSteps(inboxId, wanted, options)) {
    last = snapshot;
  }
  if (last === undefined && atSequenceId === undefined) {
    throw new IdentityError("not-created", "the log is empty");
  }
  return exactly(last, atSequenceId);
}

/** The inbox after each entry, one at a time. */
export async function* foldSteps(
  inboxId: InboxId,
  entries: Iterable<LogEntry>,
  { from, limits, ...verify }: FoldOptions = {},
): AsyncGenerator<InboxSnapshot, void, undefined> {
  let last = from;
  for (const { sequenceId, update } of entries) {
    verify.signal?.throwIfAborted();
    const before = last?.sequenceId ?? 0n;
    if (sequenceId <= before) {
      throw new IdentityError(
        "out-of-order",
        `expected a sequence id above ${before}, got ${sequenceId}`,
      );
    }
    const decoded = decodeUpdate(update, limits);
    if (decoded.inboxId !== inboxId) {
      throw new IdentityError(
        "wrong-inbox",
        `the update at ${sequenceId} is of another inbox`,
      );
    }
    const verified = await verifyUpdate(decoded, verify);
    last = { sequenceId, state: applyUpdate(last?.state, verified) };
    yield last;
  }
}

/** A snapshot that is the one asked for, or throws `missing-update`. */
export function exactly(
  snapshot: InboxSnapshot | undefined,
  sequenceId: bigint | undefined,
): InboxSnapshot {
  const right = sequenceId === undefined || snapshot?.sequenceId === sequenceId;
  if (snapshot !== undefined && right) return snapshot;
  throw new IdentityError(
    "missing-update",
    `the log has no update with the sequence id ${sequenceId}`,
  );
}

function* upTo(
  entries: Iterable<LogEntry>,
  sequenceId: bigint,
): Generator<LogEntry, void, undefined> {
  for (const entry of entries) {
    if (entry.sequenceId > sequenceId) return;
    yield entry;
  }
}
