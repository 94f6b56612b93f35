import { XmtpNodeError } from "../errors.js";

/** Another entry came first. */
export function conflict(expected: bigint, got: bigint): XmtpNodeError {
  return new XmtpNodeError(
    "conflict",
    `expected the topic to end at ${expected}, it ends at ${got}`,
    { retryable: true },
  );
}

export function storageClosed(): XmtpNodeError {
  return new XmtpNodeError("closed", "the storage was closed", {
    retryable: true,
  });
}
