import {
  exponentialWaits,
  type RetryPolicy,
  retry,
  withDeadline,
} from "@history-sync/async";
import type { Clock } from "@history-sync/primitives";
import { SyncWorkerError } from "../errors.js";

// libxmtp's schedule for answering a request.
const schedule = { firstMs: 2_000, growth: 1.5, maxMs: 60_000 };

const bounded: RetryPolicy = {
  waitMs: exponentialWaits({ ...schedule, maxRetries: 19 }),
  maxTotalMs: 3 * 24 * 60 * 60 * 1_000,
};

const unbounded: RetryPolicy = { waitMs: exponentialWaits(schedule) };

/** Makes up to 20 attempts within 3 days, then throws the last error. An error that isn't retryable is thrown at once. */
export function withRetries<Result>(
  clock: Clock,
  signal: AbortSignal,
  work: () => Promise<Result>,
): Promise<Result> {
  return retry(work, bounded, { clock, signal });
}

/** Retries without end, as long as the error is retryable. */
export function untilReached(
  clock: Clock,
  signal: AbortSignal,
  work: () => Promise<void>,
): Promise<void> {
  return retry(work, unbounded, { clock, signal });
}

/**
 * Aborts the work's signal after `ms`, and rejects then whether the work heeds it or not.
 *
 * @throws {SyncWorkerError} `deadline`
 */
export function within<Result>(
  clock: Clock,
  ms: number,
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  return withDeadline(work, ms, {
    clock,
    signal,
    error: () =>
      new SyncWorkerError("deadline", `expected an end within ${ms} ms`, {
        retryable: true,
      }),
  });
}
