/** Nanoseconds since the Unix epoch as a decimal string, for JSON. */
export function nsText(ns: bigint | undefined): string | null {
  return ns === undefined ? null : `${ns}`;
}

/** The same time in ISO 8601, to the millisecond. Any int64 of nanoseconds is a date: they end in 2262. */
export function isoText(ns: bigint | undefined): string | null {
  if (ns === undefined) return null;
  return new Date(Number(ns / 1_000_000n)).toISOString();
}
