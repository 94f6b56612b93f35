import type { DatabaseSync } from "node:sqlite";
import {
  openDatabase as openSqliteDatabase,
  SqliteError,
  type SqliteErrorCode,
  transaction as sqliteTransaction,
  withSqliteErrors,
} from "@history-sync/sqlite/node";
import { XmtpNodeError, type XmtpNodeErrorCode } from "../errors.js";
import { schema } from "./schema.js";

const cacheBytes = 64 * 1024 * 1024;

const nodeCodes: Readonly<Record<SqliteErrorCode, XmtpNodeErrorCode>> = {
  full: "storage-full",
  busy: "storage-failed",
  io: "storage-failed",
  corrupt: "storage-failed",
  failed: "storage-failed",
  "in-use": "storage-failed",
  newer: "newer-schema",
  foreign: "unknown-schema",
};

/**
 * Opens the node's database at `path`, or creates it, and brings it to the newest version. No other connection can open it
 * meanwhile. Integers are read as `bigint`, since ids and nanoseconds don't fit a double.
 *
 * @param maxFileBytes The file can't grow beyond about this size. Default: unlimited.
 * @throws {XmtpNodeError} `newer-schema`, `unknown-schema`, `storage-full`, `storage-failed`
 */
export function openDatabase(
  path: string,
  maxFileBytes?: number,
): DatabaseSync {
  const options = { schema, access: "exclusive", cacheBytes } as const;
  return withStorageErrors(
    () => openSqliteDatabase(path, { ...options, maxFileBytes }).db,
  );
}

/**
 * Runs `work` in one transaction and returns its result. All of it is committed, or nothing if anything throws.
 *
 * @throws {XmtpNodeError} `storage-full` or `storage-failed` for an error of SQLite. Other errors pass as they are.
 */
export function transaction<Result>(
  db: DatabaseSync,
  work: () => Result,
): Result {
  return withStorageErrors(() => sqliteTransaction(db, work));
}

/**
 * Runs `work` and returns its result.
 *
 * @throws {XmtpNodeError} for an error of SQLite, as {@link openDatabase} does. Other errors pass as they are.
 */
export function withStorageErrors<Result>(work: () => Result): Result {
  try {
    return withSqliteErrors(work);
  } catch (error) {
    if (!(error instanceof SqliteError)) throw error;
    const { code, rawMessage, retryable } = error;
    throw new XmtpNodeError(nodeCodes[code], rawMessage, {
      retryable,
      cause: error,
    });
  }
}
