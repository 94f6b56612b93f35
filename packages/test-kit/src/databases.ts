import { DatabaseSync } from "node:sqlite";
import { temporaryFolder } from "./folders.js";

/** Returns the path of a database that doesn't exist, in a folder that is removed when the running test has finished. */
export function newDatabasePath(): string {
  return temporaryFolder().file("test.db");
}

/** Runs `work` on a plain connection, which is closed afterwards. */
export function onDatabase<Result>(
  path: string,
  work: (db: DatabaseSync) => Result,
): Result {
  const db = new DatabaseSync(path);
  try {
    return work(db);
  } finally {
    db.close();
  }
}

/** Returns the number of the last migration step that the database has, `PRAGMA user_version`. */
export function userVersionOf(path: string): unknown {
  return onDatabase(
    path,
    (db) => db.prepare("PRAGMA user_version").get()?.user_version,
  );
}
