import type { Selection } from "@history-sync/archive";

const minInt64 = -(2n ** 63n);
export const maxInt64: bigint = 2n ** 63n - 1n;

/** The first and the last nanosecond of a selection's window, both inclusive. */
export type TimeWindow = {
  readonly first: bigint;
  readonly last: bigint;
};

export function windowOf({ startNs, endNs }: Selection): TimeWindow {
  return {
    first: startNs === undefined ? minInt64 : clampToInt64(startNs + 1n),
    last: endNs === undefined ? maxInt64 : clampToInt64(endNs),
  };
}

/** Limits a time to 64 bits with a sign, beyond which no row has a time. */
export function clampToInt64(value: bigint): bigint {
  if (value > maxInt64) return maxInt64;
  return value < minInt64 ? minInt64 : value;
}
