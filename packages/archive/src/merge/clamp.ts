const dayNs = 86_400_000_000_000n;

/** Returns a time in the future as a day from now, so that what the user does after that wins again. */
export function clampNs(timeNs: bigint, nowNs: bigint): bigint {
  const latestNs = nowNs + dayNs;
  return timeNs > latestNs ? latestNs : timeNs;
}
