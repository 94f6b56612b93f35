import { HistorySyncError } from "@history-sync/primitives";

/**
 * - `bad-frame`: a frame isn't a backup element; the archive is damaged or no archive. Rows before it are kept.
 * - `frame-too-large`: a frame is longer than the limit; raise `maxFrameBytes` if the archive can be trusted.
 * - `no-metadata`: the first frame isn't the archive's metadata, or there is none; this is no archive.
 * - `wrong-archive`: it isn't the archive that an import of this id has begun; give every archive an import id of its
 *   own.
 * - `invalid-archive`: an archive that is checked on its way contradicts itself or holds what no reader takes; it isn't
 *   fit to be offered. The source of its rows is at fault.
 * - `invalid-option`: an option is out of its range.
 * - `unknown-conversation`: a message was to be written whose conversation the store doesn't have; write both at once.
 */
export type ArchiveErrorCode =
  | "bad-frame"
  | "frame-too-large"
  | "no-metadata"
  | "wrong-archive"
  | "invalid-archive"
  | "invalid-option"
  | "unknown-conversation";

export class ArchiveError extends HistorySyncError<ArchiveErrorCode> {}
