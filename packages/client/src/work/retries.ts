import {
  type Clock,
  type GroupId,
  HistorySyncError,
  type Logger,
} from "@history-sync/primitives";

interface Trying {
  readonly clock: Clock;
  readonly log: Logger;
  readonly closing: AbortSignal;
}

const firstWaitMs = 2_000;
const maxWaitMs = 60_000;
const maxTries = 20;

/**
 * Tries until no failure is left that may pass, with growing waits, and gives up after a while: whatever calls this does
 * so again. `tryOnce` gives the number of such failures. Ends early with the signal.
 */
export async function tryUntilDone(
  event: string,
  { clock, closing, log }: Trying,
  tryOnce: () => Promise<number>,
): Promise<void> {
  let waitMs = firstWaitMs;
  for (let tries = 1; tries <= maxTries; tries++) {
    const failures = await tryOnce();
    if (failures === 0) return;
    log(event, { failures, waitMs });
    await clock.sleep(waitMs, closing);
    waitMs = Math.min(waitMs * 1.5, maxWaitMs);
  }
}

/** Does one conversation's work: 1 for a failure that may pass, 0 for the rest, which is logged. */
export async function tried(
  event: string,
  group: GroupId,
  { closing, log }: Omit<Trying, "clock">,
  work: () => Promise<unknown>,
): Promise<number> {
  try {
    await work();
    return 0;
  } catch (error) {
    closing.throwIfAborted();
    if (!(error instanceof HistorySyncError)) throw error;
    log(event, { group, code: error.code });
    return error.retryable ? 1 : 0;
  }
}

/** Does work that something else will do again: a retryable failure is logged, any other one thrown. */
export async function retryLater(
  work: () => Promise<unknown>,
  log: Logger,
): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof HistorySyncError) || !error.retryable) throw error;
    log("client.later", { code: error.code });
  }
}
