import type { Selection } from "@history-sync/archive";

const minInt64 = -(2n ** 63n);
export const maxInt64: bigint = 2n ** 63n - 1n;

/** The first nanosecond of a selection's window, and its last one. */
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

/** No row has a time beyond these. */
export function clampToInt64(value: bigint): bigint {
  if (value > maxInt64) return maxInt64;
  return value < minInt64 ? minInt64 : value;
}
