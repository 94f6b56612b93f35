import type { DatabaseSync } from "node:sqlite";

/** Runs `work` in one transaction: all of it is written, or nothing. */
export function transaction<Result>(
  db: DatabaseSync,
  work: () => Result,
): Result {
  db.exec("BEGIN IMMEDIATE");
  try {
    const result = work();
    db.exec("COMMIT");
    return result;
  } catch (error) {
    // A full disk may have rolled it back already.
    if (db.isTransaction) db.exec("ROLLBACK");
    throw error;
  }
}
