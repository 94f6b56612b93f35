/**
 * The stored time of a key while its check is in progress, or after it failed: the next call checks again. A key that was never
 * checked has no time at all.
 */
export const checkPending = 0n;

/** Stores the time of each key's last check. */
export interface CheckTimes {
  /** Returns the time as last `set`, in nanoseconds since the Unix epoch; undefined for a key without one. */
  get(key: string): Promise<bigint | undefined>;
  /** Replaces the time, whether earlier or later. It is durable once this resolves; `ns` is not negative. */
  set(key: string, ns: bigint): Promise<void>;
}
