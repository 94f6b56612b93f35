/** 1 GiB: a long history with attachments, far above XMTP's 15 MB, and still a bound on one upload. */
export const defaultMaxBytes: number = 1024 ** 3;

/** 2 hours for one whole transfer of any size. A sender slower than 1 GiB in this time only holds a connection. */
export const defaultTransferTimeoutMs: number = 2 * 3_600_000;

/** The pace of 1 GiB in 2 hours, 149 kB/s: the allowance for a sender without visible progress. */
export const slowestBytesPerMs: number =
  defaultMaxBytes / defaultTransferTimeoutMs;

/** 1 minute without a byte: a mobile network's worst pauses are shorter. */
export const defaultIdleTimeoutMs: number = 60_000;

/** 8 MiB, the piece of a resumable upload: what a break can cost, and a part's size in S3 stores. */
export const uploadPieceBytes: number = 8 * 1024 ** 2;
