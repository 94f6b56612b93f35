/** The port of XMTP's history server, so that settings made for it work unchanged. */
export const defaultPort = 5558;

/** 7 days, as on XMTP's server: long enough for an installation that is rarely online. */
export const defaultTtlMs: number = 7 * 24 * 3_600_000;

/** 1 day from its creation for an upload in pieces to be finished. */
export const defaultUnfinishedTtlMs: number = 24 * 3_600_000;

/** 32 parts that are uploaded at the same time and joined: more connections than that fill no line better. */
export const maxParts = 32;
