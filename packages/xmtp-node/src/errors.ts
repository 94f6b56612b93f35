import { HistorySyncError } from "@history-sync/primitives";

/**
 * - `invalid-message`: the bytes are no MLSMessage of a group; send RFC 9420's private or public messages.
 * - `invalid-key-package`: the bytes are no key package that verifies now; upload a new one.
 * - `invalid-request`: a field is missing, too long or out of range; the message says which.
 * - `too-large`: more bytes or entries than the limit in force; send less, or raise the limit.
 * - `refused-update`: the inbox's log doesn't take this update; `cause` says why.
 * - `log-full`: the inbox's log has as many updates as the limit allows.
 * - `conflict`: another entry came first where one had to be the next; read again and retry.
 * - `storage-full`: the disk or its quota is full; free space and retry.
 * - `storage-failed`: the store failed otherwise; see `cause`.
 * - `newer-schema`: a later version of this package wrote the database; upgrade.
 * - `unknown-schema`: the file is another program's database; take another path.
 * - `invalid-setting`: an option has no such value; the message says what is expected.
 * - `closed`: the node or its store was closed; retry elsewhere or later.
 */
export type XmtpNodeErrorCode =
  | "invalid-message"
  | "invalid-key-package"
  | "invalid-request"
  | "too-large"
  | "refused-update"
  | "log-full"
  | "conflict"
  | "storage-full"
  | "storage-failed"
  | "newer-schema"
  | "unknown-schema"
  | "invalid-setting"
  | "closed";

export class XmtpNodeError extends HistorySyncError<XmtpNodeErrorCode> {}
