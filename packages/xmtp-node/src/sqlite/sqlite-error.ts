import { XmtpNodeError } from "../errors.js";

// https://www.sqlite.org/rescode.html
const SQLITE_FULL = 13;

/** What SQLite threw, as this package's error; errors that are typed already pass. */
export function sqliteError(cause: unknown): unknown {
  if (cause instanceof XmtpNodeError) return cause;
  const number =
    cause instanceof Error && "errcode" in cause ? Number(cause.errcode) : 0;
  const full = (number & 0xff) === SQLITE_FULL;
  return new XmtpNodeError(
    full ? "storage-full" : "storage-failed",
    `SQLite answered ${number}`,
    { retryable: true, cause },
  );
}
