/** Limits checked while reading, before memory is allocated. */
export interface CodecLimits {
  /** Bytes of one frame. */
  readonly maxFrameBytes: number;
  /** Frames of one archive. */
  readonly maxFrames: number;
  /** Sealed bytes read from the stream. */
  readonly maxArchiveBytes: number;
  /** Bytes that the archive's zstd layer inflates to. */
  readonly maxInflatedBytes: number;
  /** Inflated bytes for each sealed byte read so far. */
  readonly maxInflationRatio: number;
  /** Bytes of history that the zstd layer may refer back to: about twice this much memory is taken at most. */
  readonly maxWindowBytes: number;
}

const mebibyte = 1024 * 1024;
const gibibyte = 1024 * mebibyte;

/** The limits of `openArchive` where the caller sets none. */
export const defaultCodecLimits: CodecLimits = {
  /** Several times what XMTP lets one message be, and still little memory. */
  maxFrameBytes: 16 * mebibyte,
  /** More messages than a heavy user of twenty years has. */
  maxFrames: 10_000_000,
  /** Ten million frames of a common size fit. */
  maxArchiveBytes: 4 * gibibyte,
  /** Ciphertext hardly shrinks, so that an honest archive inflates to about its own size. */
  maxInflatedBytes: 4 * gibibyte,
  /** Honest archives stay near 1; a bomb has thousands. */
  maxInflationRatio: 100,
  /** The window that RFC 8878 section 3.1.1.1.2 recommends every decoder to support; libxmtp writes 2 MiB. */
  maxWindowBytes: 8 * mebibyte,
};
