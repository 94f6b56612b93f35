const dayNs = 86_400_000_000_000n;

/** A time from the future becomes a day from now, so that what the user does later than that wins again. */
export function clampNs(timeNs: bigint, nowNs: bigint): bigint {
  const latestNs = nowNs + dayNs;
  return timeNs > latestNs ? latestNs : timeNs;
}
