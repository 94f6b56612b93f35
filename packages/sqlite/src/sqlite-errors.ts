import { SqliteError, type SqliteErrorCode } from "./errors.js";

// https://www.sqlite.org/rescode.html, primary result codes
const codeOf: ReadonlyMap<number, SqliteErrorCode> = new Map([
  [3, "io"], // SQLITE_PERM
  [5, "busy"], // SQLITE_BUSY
  [6, "busy"], // SQLITE_LOCKED
  [8, "io"], // SQLITE_READONLY
  [10, "io"], // SQLITE_IOERR
  [11, "corrupt"], // SQLITE_CORRUPT
  [13, "full"], // SQLITE_FULL
  [14, "io"], // SQLITE_CANTOPEN
  [26, "foreign"], // SQLITE_NOTADB
]);

const retryable: ReadonlySet<SqliteErrorCode> = new Set(["full", "busy", "io"]);

/** Returns an error that SQLite threw as an `SqliteError`, and any other error as it is. */
export function toSqliteError(error: unknown): unknown {
  const result = resultCodeOf(error);
  if (result === undefined) return error;
  // The upper bits of an extended result code tell more than the kind of failure.
  const code = codeOf.get(result & 0xff) ?? "failed";
  return new SqliteError(
    code,
    `expected SQLite to succeed, got result code ${result} (${(error as Error).message})`,
    { retryable: retryable.has(code), cause: error },
  );
}

/**
 * Runs `work` and returns its result.
 *
 * @throws {SqliteError} for an error that SQLite threw. Other errors pass as they are.
 */
export function withSqliteErrors<Result>(work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    throw toSqliteError(error);
  }
}

/** Returns the result code in an error of `node:sqlite`, or undefined for any other error. */
export function resultCodeOf(error: unknown): number | undefined {
  return error instanceof Error &&
    "errcode" in error &&
    typeof error.errcode === "number"
    ? error.errcode
    : undefined;
}
