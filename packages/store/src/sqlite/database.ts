import type { DatabaseSync } from "node:sqlite";
import {
  type Access,
  type OpenDatabase,
  openDatabase as openSqliteDatabase,
  SqliteError,
  type SqliteErrorCode,
  transaction as sqliteTransaction,
  truncateLog as truncateSqliteLog,
  withSqliteErrors,
} from "@history-sync/sqlite/node";
import { StoreError, type StoreErrorCode } from "../errors.js";
import { migrations } from "./migrations.js";

/** Holds the hashes of a million message ids, which are looked up and written at random. */
const cacheBytes = 20 * 1024 * 1024;

/** Pages that every transaction changes are then copied into the file once for many transactions. */
const logBytes = 64 * 1024 * 1024;

const storeCodes: Readonly<Record<SqliteErrorCode, StoreErrorCode>> = {
  full: "quota-exceeded",
  busy: "storage-failed",
  io: "storage-failed",
  corrupt: "storage-failed",
  failed: "storage-failed",
  "in-use": "in-use",
  newer: "newer-schema",
  foreign: "unknown-schema",
};

/**
 * Opens a database of this package, or creates it. Keys that are deleted are overwritten. Committed transactions survive
 * a power failure: an MLS state that was lost after its message was sent would use a key twice.
 *
 * @throws {StoreError} `in-use`, `newer-schema`, `unknown-schema`, `quota-exceeded`, `storage-failed`
 */
export function open(path: string, access: Access): OpenDatabase {
  const schema = { steps: migrations };
  const settings = { cacheBytes, logBytes, secureDelete: true };
  return withStoreErrors(() =>
    openSqliteDatabase(path, { schema, access, ...settings }),
  );
}

/**
 * Opens a database, or creates it, beside an app that may have it open with `openSqliteStore`. Integers are read as
 * `bigint`, since nanoseconds don't fit a double. It takes the owner lock only while it creates tables or brings them to
 * the newest version.
 *
 * @throws {StoreError} as `openSqliteStore` does, but `in-use` only where tables would change
 */
export function openDatabase(path: string): DatabaseSync {
  return open(path, "shared").db;
}

/** Runs `work` in one transaction: all of it is written, or nothing. */
export function transaction<Result>(
  db: DatabaseSync,
  work: () => Result,
): Result {
  return withStoreErrors(() => sqliteTransaction(db, work));
}

/** Runs statements outside of a transaction. */
export function statements<Result>(work: () => Result): Result {
  return withStoreErrors(() => withSqliteErrors(work));
}

/** Empties the write-ahead log, in which deleted keys may remain; while a reader holds it, a later call does. */
export function truncateLog(db: DatabaseSync): void {
  withStoreErrors(() => truncateSqliteLog(db));
}

function withStoreErrors<Result>(work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof SqliteError)) throw error;
    const { code, rawMessage, retryable } = error;
    throw new StoreError(storeCodes[code], rawMessage, {
      retryable,
      cause: error,
    });
  }
}
