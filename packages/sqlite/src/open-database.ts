import { DatabaseSync } from "node:sqlite";
import { acquireOwnerLock, type OwnerLock } from "./owner-lock.js";
import { isCurrent, migrate, type Schema } from "./schema.js";
import { withSqliteErrors } from "./sqlite-errors.js";

/**
 * Which other connections a database may have while it is open:
 * - `owner`: `shared` ones, which may read and write. The owner lock is held until the database is closed.
 * - `shared`: any but `exclusive` ones. The owner lock is held only while tables are created or migrated.
 * - `exclusive`: none at all, in any process. A second one fails at once with `busy`.
 */
export type Access = "owner" | "shared" | "exclusive";

/** The schema, the access and the settings of a database. */
export interface OpenOptions {
  readonly schema: Schema;
  readonly access: Access;
  /** The size of the page cache in bytes. Default: SQLite's, 2,000 KiB. */
  readonly cacheBytes?: number | undefined;
  /** The size of the write-ahead log in bytes from which it is copied into the database. Default: SQLite's, 1,000 pages. */
  readonly logBytes?: number | undefined;
  /** The file can't grow beyond about this size in bytes; then writes fail with `full`. Default: unlimited. */
  readonly maxFileBytes?: number | undefined;
  /** True to overwrite deleted rows with zeros. Default: false. */
  readonly secureDelete?: boolean | undefined;
}

/** A database that is open. */
export interface OpenDatabase extends Disposable {
  /** The connection. Integers are read as `bigint`, since ids and nanoseconds don't fit a double. */
  readonly db: DatabaseSync;
  /** Closes the connection, then releases the owner lock. Does nothing the second time. */
  close(): void;
}

/** How long a call waits for another connection that writes, in milliseconds. */
const busyTimeoutMs = 5_000;

/**
 * Opens the database at `path`, or creates it, and brings it to the newest version of its schema. Committed transactions
 * survive a power failure (`synchronous = FULL`). A database that is foreign or newer is left as it is. `:memory:` is a
 * database in memory, without an owner lock.
 *
 * @throws {SqliteError} `in-use`, `foreign`, `newer`, or an error that SQLite threw
 *
 * @example
 * ```ts
 * import { openDatabase } from "@history-sync/sqlite/node";
 *
 * const schema = { steps: ["CREATE TABLE notes (body TEXT) STRICT"] };
 * using notes = openDatabase("notes.db", { schema, access: "owner" });
 * notes.db.exec("INSERT INTO notes VALUES ('one')");
 * ```
 */
export function openDatabase(path: string, options: OpenOptions): OpenDatabase {
  return withSqliteErrors(() => open(path, options));
}

function open(path: string, options: OpenOptions): OpenDatabase {
  const { schema, access } = options;
  const timeout = access === "exclusive" ? 0 : busyTimeoutMs;
  const db = new DatabaseSync(path, { readBigInts: true, timeout });
  let lock: OwnerLock | undefined;
  const close = () => {
    if (db.isOpen) db.close();
    lock?.release();
  };
  try {
    if (access === "exclusive") db.exec("PRAGMA locking_mode = EXCLUSIVE");
    const current = isCurrent(db, schema);
    configure(db, options);
    const needsLock = access === "shared" ? !current : access === "owner";
    if (needsLock) lock = lockOf(db);
    if (!current) migrate(db, schema);
    if (access === "shared") lock?.release();
    limitSize(db, options.maxFileBytes);
    return { db, close, [Symbol.dispose]: close };
  } catch (error) {
    close();
    throw error;
  }
}

/** Acquires the owner lock of a database's file; one in memory has none. */
function lockOf(db: DatabaseSync): OwnerLock | undefined {
  const file = db.location();
  return file === null ? undefined : acquireOwnerLock(file);
}

function configure(
  db: DatabaseSync,
  { cacheBytes, logBytes, secureDelete = false }: OpenOptions,
): void {
  db.exec(`
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = FULL;
    PRAGMA secure_delete = ${secureDelete ? "ON" : "OFF"};
  `);
  // A negative number is in KiB.
  if (cacheBytes !== undefined) {
    db.exec(`PRAGMA cache_size = ${-Math.ceil(cacheBytes / 1024)}`);
  }
  if (logBytes !== undefined) {
    db.exec(`PRAGMA wal_autocheckpoint = ${pagesOf(db, logBytes)}`);
  }
}

function limitSize(db: DatabaseSync, maxFileBytes: number | undefined): void {
  if (maxFileBytes === undefined) return;
  db.exec(`PRAGMA max_page_count = ${pagesOf(db, maxFileBytes)}`);
}

function pagesOf(db: DatabaseSync, bytes: number): number {
  const pageBytes = Number(db.prepare("PRAGMA page_size").get()?.page_size);
  return Math.max(1, Math.floor(bytes / pageBytes));
}
