import { exponentialWaits, isRetryable, retry } from "@history-sync/async";
import {
  type Clock,
  type GroupId,
  HistorySyncError,
  type Logger,
} from "@history-sync/primitives";
import { codeOf } from "./background.js";

interface RetryParts {
  readonly clock: Clock;
  readonly log: Logger;
  readonly closing: AbortSignal;
}

// About 14 minutes in all. Callers call it again later.
const waitMs = exponentialWaits({
  firstMs: 2_000,
  growth: 1.5,
  maxMs: 60_000,
  maxRetries: 19,
});

class Unfinished extends HistorySyncError<"unfinished"> {
  readonly failures: number;

  constructor(failures: number) {
    super("unfinished", `expected no failures, got ${failures}`, {
      retryable: true,
    });
    this.failures = failures;
  }
}

/**
 * Runs `tryOnce`, which returns the number of retryable failures, until it returns 0 or 20 runs have failed. Rejects
 * with the reason of `closing` when that aborts.
 */
export async function tryUntilDone(
  event: string,
  { clock, closing, log }: RetryParts,
  tryOnce: () => Promise<number>,
): Promise<void> {
  const run = async () => {
    const failures = await tryOnce();
    if (failures > 0) throw new Unfinished(failures);
  };
  const isUnfinished = (error: unknown) => error instanceof Unfinished;
  try {
    await retry(
      run,
      { waitMs, isRetryable: isUnfinished },
      {
        clock,
        signal: closing,
        onRetry: (error, { waitMs }) => {
          if (error instanceof Unfinished) {
            log(event, { failures: error.failures, waitMs });
          }
        },
      },
    );
  } catch (error) {
    if (!isUnfinished(error)) throw error;
  }
}

/** Runs one conversation's work. Returns 1 after a retryable failure and 0 otherwise; failures are logged. */
export async function tried(
  event: string,
  group: GroupId,
  { closing, log }: Omit<RetryParts, "clock">,
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

/** Runs work that will run again anyway: a retryable failure is logged, any other one thrown. */
export async function retryLater(
  work: () => Promise<unknown>,
  log: Logger,
): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!isRetryable(error)) throw error;
    log("client.later", { code: codeOf(error) });
  }
}
