import { DatabaseSync } from "node:sqlite";
import { StoreError } from "../errors.js";
import { transaction } from "./database.js";
import { migrations } from "./migrations.js";

/**
 * Brings a database to the newest version, all of it in one transaction. Whoever calls holds the file's owner lock.
 * Throws as `isCurrent` does.
 */
export function migrate(
  db: DatabaseSync,
  steps: readonly string[] = migrations,
): void {
  transaction(db, () => {
    if (isCurrent(db, steps)) return;
    for (const step of steps.slice(versionOf(db))) db.exec(step);
    db.exec(`PRAGMA user_version = ${steps.length}`);
  });
}

/**
 * Whether a database is of the newest version. Only reads. Throws `newer-schema` for one of a later version, and
 * `unknown-schema` for one that no version makes: another program's, or one of the time before versions counted.
 */
export function isCurrent(
  db: DatabaseSync,
  steps: readonly string[] = migrations,
): boolean {
  const version = versionOf(db);
  if (version === steps.length) return true;
  if (version > steps.length) {
    throw new StoreError(
      "newer-schema",
      `expected a database of version ${steps.length} at most, got ${version}`,
    );
  }
  if (shapeOf(db) !== shapeOfVersion(steps.slice(0, version))) {
    throw new StoreError(
      "unknown-schema",
      `expected ${version === 0 ? "an empty database" : `the tables of version ${version}`}, got others: the file is another program's, or was made before the first release`,
    );
  }
  return false;
}

function versionOf(db: DatabaseSync): number {
  return Number(db.prepare("PRAGMA user_version").get()?.user_version);
}

function shapeOfVersion(steps: readonly string[]): string {
  const db = new DatabaseSync(":memory:");
  try {
    for (const step of steps) db.exec(step);
    return shapeOf(db);
  } finally {
    db.close();
  }
}

/** The tables with their columns, and the indexes. */
function shapeOf(db: DatabaseSync): string {
  const columns = db.prepare(
    `SELECT m.type, m.name, c.name, c.type, c."notnull", c.dflt_value, c.pk
     FROM sqlite_schema m LEFT JOIN pragma_table_xinfo(m.name) c
     WHERE m.name NOT LIKE 'sqlite\\_%' ESCAPE '\\'
     ORDER BY m.type, m.name, c.cid`,
  );
  columns.setReturnArrays(true);
  return columns.all().join("\n");
}
