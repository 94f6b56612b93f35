import { HistorySyncError } from "@history-sync/primitives";

/**
 * - `invalid-key`: the key isn't 32 bytes; pass the key of the archive, whole and uncut.
 * - `invalid-random`: `randomBytes` gave another number of bytes than asked; pass a sound source.
 * - `no-frames`: there was nothing to seal; an archive holds at least its metadata.
 * - `unknown-format`: the first bytes are of no archive format that this version reads; check what was downloaded, or update.
 * - `truncated`: the bytes end too early; fetch the archive again.
 * - `trailing-data`: bytes follow the archive's end; fetch the archive again.
 * - `invalid-zstd`: the zstd layer is malformed, or uses what archives never use (dictionaries, skippable frames).
 * - `invalid-record`: a record's length is impossible.
 * - `not-authentic`: a record does not open: the key is another archive's, or the bytes were changed.
 * - `repeated-nonce`: the archive is a legacy one whose records share one nonce; set `allowRepeatedNonce` to read it all the same.
 * - `limit-exceeded`: a size or count is over its limit; raise that limit only for archives that are trusted.
 */
export type EncryptionCodecErrorCode =
  | "invalid-key"
  | "invalid-random"
  | "no-frames"
  | "unknown-format"
  | "truncated"
  | "trailing-data"
  | "invalid-zstd"
  | "invalid-record"
  | "not-authentic"
  | "repeated-nonce"
  | "limit-exceeded";

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
