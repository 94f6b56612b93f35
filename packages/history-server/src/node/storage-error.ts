import { HistoryServerError } from "../errors.js";

/** What went wrong in the file system, as this package's error; errors that are typed already pass. */
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

/** Whether the file was not there. */
export function isMissing(error: unknown): boolean {
  return systemCode(error) === "ENOENT";
}

function systemCode(error: unknown): string | undefined {
  return error instanceof Error && "syscall" in error && "code" in error
    ? String(error.code)
    : undefined;
}
