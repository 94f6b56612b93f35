import { HistorySyncError } from "@history-sync/primitives";

/** The codes of `ArchiveError`, each with its meaning and remedy. */
export type ArchiveErrorCode =
  /** A frame isn't a backup element: the archive is damaged, or no archive. Rows before it are kept. */
  | "bad-frame"
  /** A frame is longer than the limit. Raise `maxFrameBytes` if the archive can be trusted. */
  | "frame-too-large"
  /** The first frame isn't the archive's metadata, or there is none: this is no archive. */
  | "no-metadata"
  /** The archive isn't the one that an import with this id began. Use a new import id for every archive. */
  | "wrong-archive"
  /**
   * An archive that is checked while it is exported contradicts itself, or contains what no reader accepts. Don't offer
   * it: the source of its rows is at fault.
   */
  | "invalid-archive"
  /** An option is out of its range. */
  | "invalid-option"
  /** A message was to be written without its conversation. Write both at once. */
  | "unknown-conversation";

/** The error of this package. */
export class ArchiveError extends HistorySyncError<ArchiveErrorCode> {}
