import {
  type Clock,
  HistorySyncError,
  unlessAborted,
} from "@history-sync/primitives";
import { SyncWorkerError } from "./errors.js";

// libxmtp's schedule for answering a request.
const firstWaitMs = 2_000;
const growth = 1.5;
const maxWaitMs = 60_000;
const defaultMaxTries = 20;
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
      if (!isRetryable(error) || tries >= defaultMaxTries || outOfTime) {
        throw error;
      }
      signal.throwIfAborted();
      await clock.sleep(waitMs, signal);
    }
  }
}

/** Tries until it succeeds or can't succeed, however long nobody is in reach. */
export async function untilReached(
  clock: Clock,
  signal: AbortSignal,
  work: () => Promise<void>,
): Promise<void> {
  for (
    let waitMs = firstWaitMs;
    ;
    waitMs = Math.min(waitMs * growth, maxWaitMs)
  ) {
    try {
      return await work();
    } catch (error) {
      signal.throwIfAborted();
      if (!isRetryable(error)) throw error;
      await clock.sleep(waitMs, signal);
    }
  }
}

/** Ends the work's signal when the time is over, and fails then, whether it heeds the signal or not. */
export async function within<Result>(
  clock: Clock,
  ms: number,
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const over = new AbortController();
  const done = new AbortController();
  const ended = AbortSignal.any([signal, over.signal]);
  clock.sleep(ms, done.signal).then(
    () =>
      over.abort(
        new SyncWorkerError("deadline", `expected an end within ${ms} ms`, {
          retryable: true,
        }),
      ),
    () => {},
  );
  try {
    return await unlessAborted(work(ended), ended);
  } finally {
    done.abort();
  }
}

export function isRetryable(error: unknown): boolean {
  return error instanceof HistorySyncError && error.retryable;
}
