import { type Clock, nowNs } from "@history-sync/primitives";

/**
 * Settles as `work` does, or rejects with the signal's reason when `signal` aborts first. An abort ends the waiting, not
 * the work.
 */
export function unlessAborted<Result>(
  work: Promise<Result>,
  signal: AbortSignal | undefined,
): Promise<Result> {
  if (signal === undefined) return work;
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason);
    if (signal.aborted) abort();
    signal.addEventListener("abort", abort, { once: true });
    work
      .then(resolve, reject)
      .finally(() => signal.removeEventListener("abort", abort));
  });
}

/** The collaborators of a deadline. */
export interface DeadlineOptions {
  readonly clock: Clock;
  /** Makes the error for work that takes too long. */
  readonly error: () => Error;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Settles as `work` does, but rejects with `error()` after `ms` milliseconds, or with the signal's reason when `signal`
 * aborts. Both also abort the signal that the work is given; the rejection doesn't wait for the work to obey it.
 *
 * A caller that must outlast the work on its own abort leaves `signal` out and combines it inside the work with
 * `AbortSignal.any`.
 *
 * @example
 * ```ts
 * import { withDeadline } from "@history-sync/async";
 * import { systemClock } from "@history-sync/primitives";
 *
 * const response = await withDeadline(
 *   (signal) => fetch("https://example.org", { signal }),
 *   10_000,
 *   {
 *     clock: systemClock,
 *     error: () => new Error("expected an answer within 10 s"),
 *   },
 * );
 * ```
 */
export async function withDeadline<Result>(
  work: (signal: AbortSignal) => Promise<Result>,
  ms: number,
  { clock, error, signal }: DeadlineOptions,
): Promise<Result> {
  signal?.throwIfAborted();
  const expired = new AbortController();
  const settled = new AbortController();
  const ended = signal
    ? AbortSignal.any([signal, expired.signal])
    : expired.signal;
  clock.sleep(ms, settled.signal).then(
    () => expired.abort(error()),
    () => {},
  );
  try {
    return await unlessAborted(work(ended), ended);
  } finally {
    settled.abort();
  }
}

// The timers of JavaScript hold at most 24 days, and they stop while a computer is suspended: at most an hour late then.
const maxSleepMs = 60 * 60 * 1_000;

const nsPerMs = 1_000_000n;

/**
 * Resolves when the clock reads `atNs`, in nanoseconds since the Unix epoch, or later. Rejects with the signal's reason
 * when `signal` aborts first. The time may be any number of days away.
 */
export async function sleepUntil(
  atNs: bigint,
  {
    clock,
    signal,
  }: { readonly clock: Clock; readonly signal?: AbortSignal | undefined },
): Promise<void> {
  signal?.throwIfAborted();
  for (
    let leftNs = atNs - nowNs(clock);
    leftNs > 0n;
    leftNs = atNs - nowNs(clock)
  ) {
    // Rounded up, so that it doesn't wake just before the time.
    const leftMs = Number((leftNs + nsPerMs - 1n) / nsPerMs);
    await clock.sleep(Math.min(leftMs, maxSleepMs), signal);
  }
}
