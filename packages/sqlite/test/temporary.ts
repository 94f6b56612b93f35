import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { onTestFinished } from "vitest";

/** Returns the path of a database that doesn't exist, in a folder that goes with the test. */
export function newPath(): string {
  const folder = mkdtempSync(join(tmpdir(), "history-sync-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return join(folder, "test.db");
}

/** Runs `work` on a plain connection. */
export function on<Result>(
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

export function versionOf(path: string): unknown {
  return on(
    path,
    (db) => db.prepare("PRAGMA user_version").get()?.user_version,
  );
}
