import { HistorySyncError } from "@history-sync/primitives";

/** The codes of `XmtpNodeError`, each with its meaning and remedy. */
export type XmtpNodeErrorCode =
  /** The bytes aren't an MLSMessage of a group. Send private or public messages of RFC 9420. */
  | "invalid-message"
  /** The bytes aren't a key package that verifies now. Upload a new one. */
  | "invalid-key-package"
  /** A field is missing, too long or out of range; the message says which. */
  | "invalid-request"
  /** There are more bytes or entries than the limit in force. Send less, or raise the limit. */
  | "too-large"
  /** The update isn't valid in the log of the inbox; `cause` says why. */
  | "refused-update"
  /** The log of the inbox has as many updates as the limit allows. */
  | "log-full"
  /** Another entry was appended where this one had to be the next. Read again. Retryable. */
  | "conflict"
  /** The disk or its quota is full. Free space. Retryable. */
  | "storage-full"
  /** The storage failed for another reason, in `cause`. Retryable unless the file is damaged. */
  | "storage-failed"
  /** A later version of this package wrote the database. Upgrade. */
  | "newer-schema"
  /** The file is another program's database. Use another path. */
  | "unknown-schema"
  /** An option doesn't have such a value; the message says what is expected. */
  | "invalid-setting"
  /** The node or its storage was closed. Retry elsewhere or later. */
  | "closed";

/** The error of the XMTP node and its storages. */
export class XmtpNodeError extends HistorySyncError<XmtpNodeErrorCode> {}
