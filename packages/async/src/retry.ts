import { type Clock, isHistorySyncError } from "@history-sync/primitives";
import type { Waits } from "./waits.js";

/** Decides whether and when failed work is tried again. */
export interface RetryPolicy {
  /** Returns the milliseconds to wait after that many failures in a row, or undefined to give up. */
  readonly waitMs: Waits;
  /** Returns true if another attempt may succeed after `error`. Default: {@link isRetryable}. */
  readonly isRetryable?: ((error: unknown) => boolean) | undefined;
  /** Gives up when the next wait would end later than this after the first attempt, in milliseconds. */
  readonly maxTotalMs?: number | undefined;
}

/** The collaborators of a retry. */
export interface RetryOptions {
  readonly clock: Clock;
  /** Is called before each wait. */
  readonly onRetry?: ((error: unknown, retry: Retry) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** The wait before another attempt. */
export interface Retry {
  /** Failures in a row so far, at least 1. */
  readonly failures: number;
  readonly waitMs: number;
}

/** Returns true for an error of history-sync that is marked as retryable. */
export function isRetryable(error: unknown): boolean {
  return isHistorySyncError(error) && error.retryable;
}

/**
 * Counts failures in a row and waits after each of them as a policy says. It serves work that makes progress in between,
 * such as a stream that reconnects; {@link retry} is the simple form.
 */
export class Backoff {
  readonly #policy: RetryPolicy;
  readonly #options: RetryOptions;
  #failures = 0;
  #startedMs: number;

  constructor(policy: RetryPolicy, options: RetryOptions) {
    this.#policy = policy;
    this.#options = options;
    this.#startedMs = options.clock.nowMs();
  }

  /** Starts counting again: the work made progress. */
  reset(): void {
    this.#failures = 0;
    this.#startedMs = this.#options.clock.nowMs();
  }

  /**
   * Resolves when it is time for another attempt. Rejects with `error` itself where another attempt can't help or the
   * policy gives up, and with the signal's reason when it has aborted.
   */
  async afterFailure(error: unknown): Promise<void> {
    const { clock, onRetry, signal } = this.#options;
    signal?.throwIfAborted();
    const canHelp = this.#policy.isRetryable ?? isRetryable;
    if (!canHelp(error)) throw error;
    const failures = ++this.#failures;
    const waitMs = this.#policy.waitMs(failures);
    if (waitMs === undefined || this.#isTooLate(waitMs)) throw error;
    onRetry?.(error, { failures, waitMs });
    if (waitMs > 0) await clock.sleep(waitMs, signal);
    signal?.throwIfAborted();
  }

  #isTooLate(waitMs: number): boolean {
    const { maxTotalMs = Number.POSITIVE_INFINITY } = this.#policy;
    const endsMs = this.#options.clock.nowMs() + waitMs;
    return endsMs - this.#startedMs > maxTotalMs;
  }
}

/**
 * Calls `work` until it succeeds and returns its result. Rejects with the last error when that isn't retryable or the
 * policy gives up, and with the signal's reason when `signal` aborts between attempts or during a wait. `work` is
 * given the number of the attempt, 1 for the first.
 *
 * @example
 * ```ts
 * import { exponentialWaits, retry } from "@history-sync/async";
 * import { systemClock } from "@history-sync/primitives";
 *
 * const response = await retry(
 *   () => fetch("https://example.org"),
 *   {
 *     waitMs: exponentialWaits({
 *       firstMs: 500,
 *       growth: 2,
 *       maxMs: 30_000,
 *       maxRetries: 5,
 *     }),
 *     isRetryable: () => true,
 *   },
 *   { clock: systemClock },
 * );
 * ```
 */
export async function retry<Result>(
  work: (attempt: number) => Promise<Result>,
  policy: RetryPolicy,
  options: RetryOptions,
): Promise<Result> {
  options.signal?.throwIfAborted();
  const backoff = new Backoff(policy, options);
  for (let attempt = 1; ; attempt++) {
    try {
      return await work(attempt);
    } catch (error) {
      await backoff.afterFailure(error);
    }
  }
}
