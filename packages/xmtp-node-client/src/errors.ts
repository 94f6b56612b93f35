import { HistorySyncError } from "@history-sync/primitives";

/** The codes of `XmtpNodeClientError`, each with its meaning and remedy. */
export type XmtpNodeClientErrorCode =
  /** The arguments of the call can't be sent; the message says which. */
  | "invalid-request"
  /** The node refused the call, for the reason in the message. Another attempt doesn't help. */
  | "rejected"
  /** There is no connection, or the node can't answer now. Retryable. */
  | "unavailable"
  /** The answer didn't arrive in time. Retryable. */
  | "deadline"
  /** The answer breaks the contract, as one of a server that isn't an XMTP node does. */
  | "bad-answer";

/** The error of every call to an XMTP node. */
export class XmtpNodeClientError extends HistorySyncError<XmtpNodeClientErrorCode> {}
