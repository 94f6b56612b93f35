import { HistorySyncError } from "@history-sync/primitives";

/** The codes of `EncryptionCodecError`. */
export type EncryptionCodecErrorCode =
  /** The key isn't 32 bytes. Pass the key of the archive, whole and uncut. */
  | "invalid-key"
  /** `randomBytes` gave another number of bytes than asked. Pass a sound source. */
  | "invalid-random"
  /** There was nothing to seal. An archive holds at least its metadata. */
  | "no-frames"
  /** The first bytes are of no archive format that this version reads. Check what was downloaded, or update. */
  | "unknown-format"
  /** The bytes end too early. Fetch the archive again. */
  | "truncated"
  /** Bytes follow the archive's end. Fetch the archive again. */
  | "trailing-data"
  /** The archive is of a later version of its format. Update. */
  | "unsupported-version"
  /**
   * The archive uses a compression or cipher that this version doesn't know: update. Or this platform can't write
   * zstd: choose "deflate".
   */
  | "unsupported-suite"
  /** The archive was sealed with another key, or its header was damaged. Ask for the right key. */
  | "wrong-key"
  /**
   * A page is malformed. Its writer is faulty or hostile, fetching it again doesn't help unless its header was
   * damaged.
   */
  | "invalid-page"
  /** The archive or one of its pages isn't the one that was announced. Fetch it again. */
  | "unexpected-archive"
  /** What was kept to resume an archive is no cursor. Start the archive from its beginning. */
  | "invalid-cursor"
  /** The zstd layer is malformed, or uses what archives never use (dictionaries, skippable frames). */
  | "invalid-zstd"
  /** A record's length is impossible. */
  | "invalid-record"
  /** A record does not open: the key is another archive's, or the bytes were changed. */
  | "not-authentic"
  /**
   * The archive is a legacy one in which all records have one nonce. Set `allowRepeatedNonce` to read it all the
   * same.
   */
  | "repeated-nonce"
  /** A size or count is over its limit. Raise that limit only for archives that are trusted. */
  | "limit-exceeded";

/** The error of sealing and opening. Its `code` tells a wrong key from damaged bytes and from an exceeded limit. */
export class EncryptionCodecError extends HistorySyncError<EncryptionCodecErrorCode> {}

/** Refuses a size or count over its limit, before anything is made for it. */
export function checkLimit(
  what: string,
  actual: number | bigint,
  limit: number,
): void {
  if (actual > limit) {
    throw new EncryptionCodecError(
      "limit-exceeded",
      `${what}: expected at most ${limit}, got ${actual}`,
    );
  }
}
