/** The port of XMTP's history server, so that settings made for it go on working. */
export const defaultPort = 5558;

/** 1 GiB: a long history with attachments, far above XMTP's 15 MB, and still a bound on what one upload can take. */
export const defaultMaxBytes: number = 1024 ** 3;

/** 7 days, as on XMTP's server: long enough for an installation that is rarely online. */
export const defaultTtlMs: number = 7 * 24 * 3_600_000;

/** 1 day from its creation for an upload in pieces to be finished. */
export const defaultUnfinishedTtlMs: number = 24 * 3_600_000;

/** 2 hours for one whole transfer of any size. Who is slower than this makes of 1 GiB only holds a connection. */
export const defaultTransferTimeoutMs: number = 2 * 3_600_000;

/** The pace of 1 GiB in 2 hours, 149 kB/s: what a sender whose progress can't be seen is given. */
export const slowestBytesPerMs: number =
  defaultMaxBytes / defaultTransferTimeoutMs;

/** 1 minute without a byte: a mobile network's worst pauses are shorter. */
export const defaultIdleTimeoutMs: number = 60_000;

/** 8 MiB, the piece of a resumable upload: what a break can cost, and a part's size in S3 stores. */
export const uploadPieceBytes: number = 8 * 1024 ** 2;

/** 32 parts that are uploaded at the same time and joined: more connections than that fill no line better. */
export const maxParts = 32;
