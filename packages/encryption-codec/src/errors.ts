import { HistorySyncError } from "@history-sync/primitives";

/**
 * - `invalid-key`: the key isn't 32 bytes; pass the key of the archive, whole and uncut.
 * - `invalid-random`: `randomBytes` gave another number of bytes than asked; pass a sound source.
 * - `no-frames`: there was nothing to seal; an archive holds at least its metadata.
 * - `unknown-format`: the first bytes are of no archive format that this version reads; check what was downloaded, or update.
 * - `truncated`: the bytes end too early; fetch the archive again.
 * - `trailing-data`: bytes follow the archive's end; fetch the archive again.
 * - `unsupported-version`: the archive is of a later version of its format; update.
 * - `unsupported-suite`: the archive uses a compression or cipher that this version doesn't know: update; or this platform
 *   can't write zstd: choose "deflate".
 * - `wrong-key`: the archive was sealed with another key, or its header was damaged; ask for the right key.
 * - `invalid-page`: a page is malformed; its writer is faulty or hostile, fetching it again doesn't help unless its
 *   header was damaged.
 * - `unexpected-archive`: the archive or one of its pages isn't the one that was announced; fetch it again.
 * - `invalid-cursor`: what was kept to resume an archive is no cursor; start the archive from its beginning.
 * - `invalid-zstd`: the zstd layer is malformed, or uses what archives never use (dictionaries, skippable frames).
 * - `invalid-record`: a record's length is impossible.
 * - `not-authentic`: a record does not open: the key is another archive's, or the bytes were changed.
 * - `repeated-nonce`: the archive is a legacy one in which all records have one nonce; set `allowRepeatedNonce` to read it all the same.
 * - `limit-exceeded`: a size or count is over its limit; raise that limit only for archives that are trusted.
 */
export type EncryptionCodecErrorCode =
  | "invalid-key"
  | "invalid-random"
  | "no-frames"
  | "unknown-format"
  | "truncated"
  | "trailing-data"
  | "unsupported-version"
  | "unsupported-suite"
  | "wrong-key"
  | "invalid-page"
  | "unexpected-archive"
  | "invalid-cursor"
  | "invalid-zstd"
  | "invalid-record"
  | "not-authentic"
  | "repeated-nonce"
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
