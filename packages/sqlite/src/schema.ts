import { DatabaseSync } from "node:sqlite";
import { SqliteError } from "./errors.js";
import { transaction } from "./transaction.js";

/** The tables and indexes of a database, as a list of steps. */
export interface Schema {
  /**
   * SQL that brings a database from version n to version n + 1; the first step starts from an empty one. New databases
   * are made by the same steps. A released step must never change: append another one.
   */
  readonly steps: readonly string[];
  /** Tables that a database of any version may have or lack. */
  readonly optionalTables?: readonly string[] | undefined;
}

/**
 * Brings a database to the newest version, in one transaction. The version is stored as `PRAGMA user_version`.
 *
 * @throws {SqliteError} as {@link isCurrent} does
 */
export function migrate(db: DatabaseSync, schema: Schema): void {
  transaction(db, () => {
    if (isCurrent(db, schema)) return;
    for (const step of schema.steps.slice(versionOf(db))) db.exec(step);
    db.exec(`PRAGMA user_version = ${schema.steps.length}`);
  });
}

/**
 * Returns true for a database of the newest version, false for one that {@link migrate} can bring there. It only reads.
 *
 * @throws {SqliteError} `newer` for a database of a later version, `foreign` for one whose tables, columns or indexes aren't
 *   those of its version
 */
export function isCurrent(db: DatabaseSync, schema: Schema): boolean {
  const { steps, optionalTables = [] } = schema;
  const version = versionOf(db);
  if (version === steps.length) return true;
  if (version > steps.length) {
    throw new SqliteError(
      "newer",
      `expected a database of version ${steps.length} at most, got ${version}`,
    );
  }
  const expected = shapeOfVersion(steps.slice(0, version), optionalTables);
  if (shapeOf(db, optionalTables) !== expected) {
    const wanted =
      version === 0 ? "an empty database" : `the tables of version ${version}`;
    throw new SqliteError(
      "foreign",
      `expected ${wanted}, got others: the file is another program's, or was made before the first release`,
    );
  }
  return false;
}

function versionOf(db: DatabaseSync): number {
  return Number(db.prepare("PRAGMA user_version").get()?.user_version);
}

function shapeOfVersion(
  steps: readonly string[],
  optionalTables: readonly string[],
): string {
  const db = new DatabaseSync(":memory:");
  try {
    for (const step of steps) db.exec(step);
    return shapeOf(db, optionalTables);
  } finally {
    db.close();
  }
}

/** Returns the tables with their columns, and the indexes. */
function shapeOf(db: DatabaseSync, without: readonly string[]): string {
  const columns = db.prepare(
    `SELECT m.type, m.name, c.name, c.type, c."notnull", c.dflt_value, c.pk
     FROM sqlite_schema m LEFT JOIN pragma_table_xinfo(m.name) c
     WHERE m.name NOT LIKE 'sqlite\\_%' ESCAPE '\\'
       AND m.tbl_name NOT IN (SELECT value FROM json_each(?))
     ORDER BY m.type, m.name, c.cid`,
  );
  columns.setReturnArrays(true);
  return columns.all(JSON.stringify(without)).join("\n");
}
