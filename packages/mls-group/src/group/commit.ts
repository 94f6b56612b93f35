import { exponentialWaits, type RetryPolicy, retry } from "@history-sync/async";
import { nowNs, type RandomBytes } from "@history-sync/primitives";
import { MlsGroupError } from "../errors.js";
import {
  keyUpdate,
  type MembershipChanged,
  type MembershipPlan,
  pendingCommit,
} from "../sending/membership.js";
import { type Exchange, settle } from "./exchange.js";

// A commit loses only to one that counts, so that each round has a winner.
const maxAttempts = 8;
// XMTP waits 50 to 150 ms between its rounds. Half of a wait is random, so that two members don't meet again.
const waits = { firstMs: 50, growth: 2, maxMs: 1_000 };

/**
 * Commits until a commit counts. Plans and makes it again on the new state whenever another one came first.
 *
 * @throws {MlsGroupError} `commit-undecided`, `commit-lost`
 */
export function commit(
  plan: () => Promise<MembershipPlan>,
  exchange: Exchange,
  signal: AbortSignal | undefined,
): Promise<MembershipChanged> {
  const { clock, randomBytes } = exchange.context;
  const lost = new MlsGroupError(
    "commit-lost",
    `expected a commit to come first in one of ${maxAttempts} epochs, got other members' each time`,
    { retryable: true },
  );
  const attempt = async () => {
    const outcome = await commitOnce(plan, exchange, signal);
    if (outcome === undefined) throw lost;
    return outcome;
  };
  const policy = afterLostRaces(lost, randomBytes);
  return retry(attempt, policy, { clock, signal });
}

/** Renews this installation's keys by a commit if that is due. Without an answer it is put off: to send comes first. */
export async function renewKeys(
  exchange: Exchange,
  signal: AbortSignal | undefined,
): Promise<void> {
  const { clock, keyUpdateIntervalMs, log } = exchange.context;
  const { id, keysRenewedAtNs } = exchange.group.record;
  const ageNs = nowNs(clock) - keysRenewedAtNs;
  if (Number(ageNs / 1_000_000n) <= keyUpdateIntervalMs) return;
  try {
    await commit(async () => keyUpdate, exchange, signal);
  } catch (error) {
    if (!(error instanceof MlsGroupError) || !error.retryable) throw error;
    log("group.keys-not-renewed", { group: id, code: error.code });
  }
}

/** The winner of the first race is done: the second attempt follows at once. */
function afterLostRaces(
  lostRace: MlsGroupError,
  randomBytes: RandomBytes,
): RetryPolicy {
  const jitter = { fraction: 0.5, randomBytes };
  const maxRetries = maxAttempts - 1;
  const waitMs = exponentialWaits({ ...waits, maxRetries, jitter });
  return {
    waitMs: (lost) => (lost === 1 ? 0 : waitMs(lost)),
    // A plan may throw `commit-lost` as well. That ends the attempts.
    isRetryable: (error) => error === lostRace,
  };
}

/** Returns undefined if another commit came first. */
async function commitOnce(
  plan: () => Promise<MembershipPlan>,
  exchange: Exchange,
  signal: AbortSignal | undefined,
): Promise<MembershipChanged | undefined> {
  const { group, context } = exchange;
  await settle(exchange, signal);
  group.expectActive();
  if (group.record.pending) {
    throw new MlsGroupError(
      "commit-undecided",
      `expected the commit of epoch ${group.record.epoch} in the group's topic, got nothing behind ${group.record.cursor}`,
      { retryable: true },
    );
  }
  const { isEmpty, intent, outcome } = await plan();
  if (isEmpty) return outcome;
  const pending = await pendingCommit(intent, group.record, context.engine);
  const record = { ...group.record, pending };
  await group.write(record, { groups: [record] });
  return (await settle(exchange, signal)) ? outcome : undefined;
}
