import { type Clock, HistorySyncError } from "@history-sync/primitives";

// libxmtp's schedule for answering a request.
const firstWaitMs = 2_000;
const growth = 1.5;
const maxWaitMs = 60_000;
const maxTries = 20;
const maxTotalMs = 3 * 24 * 60 * 60 * 1_000;

/** Tries until it succeeds, can't succeed, was tried 20 times or for 3 days; then throws the last error. */
export async function withRetries<Result>(
  clock: Clock,
  signal: AbortSignal,
  work: () => Promise<Result>,
): Promise<Result> {
  const startedMs = clock.nowMs();
  for (let tries = 1; ; tries++) {
    try {
      return await work();
    } catch (error) {
      const waitMs = Math.min(firstWaitMs * growth ** (tries - 1), maxWaitMs);
      const outOfTime = clock.nowMs() + waitMs - startedMs > maxTotalMs;
      const retryable = error instanceof HistorySyncError && error.retryable;
      if (!retryable || tries >= maxTries || outOfTime) throw error;
      await clock.sleep(waitMs, signal);
    }
  }
}
