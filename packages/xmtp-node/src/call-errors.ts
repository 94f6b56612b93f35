import { Code, ConnectError } from "@connectrpc/connect";
import { XmtpNodeError, type XmtpNodeErrorCode } from "./errors.js";

const codes: Readonly<Partial<Record<XmtpNodeErrorCode, Code>>> = {
  "invalid-message": Code.InvalidArgument,
  "invalid-key-package": Code.InvalidArgument,
  "invalid-request": Code.InvalidArgument,
  "too-large": Code.ResourceExhausted,
  "refused-update": Code.InvalidArgument,
  "log-full": Code.FailedPrecondition,
  conflict: Code.Aborted,
  "storage-full": Code.ResourceExhausted,
  "storage-failed": Code.Unavailable,
  closed: Code.Unavailable,
};

/** An error as the client is told of it; what isn't one of ours is the node's own fault and stays here. */
export function callError(error: unknown): ConnectError {
  if (error instanceof ConnectError) return error;
  const code = error instanceof XmtpNodeError ? codes[error.code] : undefined;
  return code === undefined
    ? new ConnectError(
        "internal error",
        Code.Internal,
        undefined,
        undefined,
        error,
      )
    : new ConnectError((error as Error).message, code);
}
