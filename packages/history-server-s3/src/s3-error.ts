import { HistoryServerError } from "@history-sync/history-server";

const absent: ReadonlySet<string> = new Set([
  "NoSuchKey",
  "NotFound",
  "NoSuchUpload",
]);

/** Runs work on a bucket; what it throws becomes `storage-failed`, unless it is typed already or an abort. */
export async function guarded<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (!isOfStore(cause)) throw cause;
    throw new HistoryServerError(
      "storage-failed",
      `the object store answered ${cause.name}`,
      { retryable: true, cause },
    );
  }
}

/** As `guarded`, and undefined where there is no such object. */
export async function unlessAbsent<T>(
  work: () => Promise<T>,
): Promise<T | undefined> {
  return await guarded(async () => {
    try {
      return await work();
    } catch (error) {
      if (error instanceof Error && absent.has(error.name)) return undefined;
      throw error;
    }
  });
}

/** Errors of the SDK say what came of the request; network errors say a code. */
function isOfStore(error: unknown): error is Error {
  if (!(error instanceof Error) || error instanceof HistoryServerError) {
    return false;
  }
  return "$metadata" in error || "code" in error;
}
