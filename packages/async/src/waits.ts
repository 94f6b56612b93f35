import type { RandomBytes } from "@history-sync/primitives";

/** Returns the milliseconds to wait after that many failures in a row (1 after the first), or undefined to give up. */
export type Waits = (failures: number) => number | undefined;

/** The growth and the limits of exponential waits. */
export interface ExponentialWaitsOptions {
  /** The wait after the first failure, in milliseconds. */
  readonly firstMs: number;
  /** The factor from one wait to the next. */
  readonly growth: number;
  /** The longest wait, in milliseconds. */
  readonly maxMs: number;
  /** Gives up after that many waits. Default: never. */
  readonly maxRetries?: number | undefined;
  /** Makes waits random, so that two peers don't meet again. Default: not. */
  readonly jitter?: Jitter | undefined;
}

/** The randomness of waits. */
export interface Jitter {
  /** The random part of each wait: 0.5 gives waits between 50% and 100%. */
  readonly fraction: number;
  readonly randomBytes: RandomBytes;
}

/** Returns waits that grow exponentially up to a maximum. */
export function exponentialWaits({
  firstMs,
  growth,
  maxMs,
  maxRetries = Number.POSITIVE_INFINITY,
  jitter,
}: ExponentialWaitsOptions): Waits {
  return (failures) => {
    if (failures > maxRetries) return undefined;
    const longestMs = Math.min(firstMs * growth ** (failures - 1), maxMs);
    if (!jitter) return longestMs;
    const random = (jitter.randomBytes(1)[0] ?? 0) / 0x100;
    return longestMs * (1 - jitter.fraction * (1 - random));
  };
}

/** Returns the listed waits, in milliseconds; after the last one, `thenMs` for ever, or gives up where that is left out. */
export function fixedWaits(listMs: readonly number[], thenMs?: number): Waits {
  return (failures) => listMs[failures - 1] ?? thenMs;
}
