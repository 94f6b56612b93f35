import { HistoryServerError } from "../errors.js";

/** Converts an error of the file system to this package's error. Errors that are typed already pass. */
export function storageError(cause: unknown): unknown {
  const code = systemCode(cause);
  if (code === undefined) return cause;
  const full = code === "ENOSPC" || code === "EDQUOT";
  return new HistoryServerError(
    full ? "storage-full" : "storage-failed",
    `the file system answered ${code}`,
    { retryable: true, cause },
  );
}

/** Returns true if the file was not there. */
export function isMissing(error: unknown): boolean {
  return systemCode(error) === "ENOENT";
}

function systemCode(error: unknown): string | undefined {
  return error instanceof Error && "syscall" in error && "code" in error
    ? String(error.code)
    : undefined;
}
