/** A source of time. It is passed in, so that tests control it. */
export interface Clock {
  /** Returns the milliseconds since the Unix epoch. */
  nowMs(): number;
  /** Resolves after `ms` milliseconds. Rejects with the signal's reason when `signal` aborts first. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** Returns the nanoseconds since the Unix epoch, with a precision of one millisecond. */
export function nowNs(clock: Clock): bigint {
  return BigInt(Math.floor(clock.nowMs())) * 1_000_000n;
}

/** The clock of the system: `Date.now` and timers. A sleep takes at most 24 days, the limit of a timer. */
export const systemClock: Clock = {
  nowMs: () => Date.now(),
  sleep: (ms, signal) =>
    new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      const abort = () => {
        clearTimeout(timer);
        reject(signal?.reason);
      };
      const timer = setTimeout(() => {
        signal?.removeEventListener("abort", abort);
        resolve();
      }, ms);
      signal?.addEventListener("abort", abort, { once: true });
    }),
};
