import { XmtpNodeError } from "../errors.js";

/** Returns the error for an append that expected another last entry. */
export function conflict(expected: bigint, got: bigint): XmtpNodeError {
  return new XmtpNodeError(
    "conflict",
    `expected the topic to end at ${expected}, it ends at ${got}`,
    { retryable: true },
  );
}

/** Returns the error for a call after `close`. */
export function storageClosed(): XmtpNodeError {
  return new XmtpNodeError("closed", "the storage was closed", {
    retryable: true,
  });
}
