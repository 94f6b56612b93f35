import { HistorySyncError } from "@history-sync/primitives";

/**
 * - `invalid-request`: the call's own arguments can't be sent; the message says which.
 * - `rejected`: the node refused the call, with its reason in the message; trying again does not help.
 * - `unavailable`: no connection, or the node can't answer now; retry later.
 * - `deadline`: no answer in time; retry.
 * - `bad-answer`: the answer breaks the contract; this is no XMTP node.
 */
export type XmtpNodeClientErrorCode =
  | "invalid-request"
  | "rejected"
  | "unavailable"
  | "deadline"
  | "bad-answer";

/** The error of every call to an XMTP node. */
export class XmtpNodeClientError extends HistorySyncError<XmtpNodeClientErrorCode> {}
