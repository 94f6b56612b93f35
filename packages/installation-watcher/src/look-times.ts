/**
 * The stored time of a key at which a look is under way, or was and brought nothing: whoever finds it looks again. A key
 * that was never looked at has no time at all.
 */
export const lookOwed = 0n;

/** Where the times of the last looks outlive the process. */
export interface LookTimes {
  /** Nanoseconds since the Unix epoch as last `set`; undefined for a key that never was. */
  get(key: string): Promise<bigint | undefined>;
  /** Durable once it resolves; `ns` is not negative and replaces what was there, be it earlier or later. */
  set(key: string, ns: bigint): Promise<void>;
}
