import { existsSync } from "node:fs";
import { expect, test } from "vitest";
import {
  newDatabasePath,
  onDatabase,
  userVersionOf,
} from "../src/databases.js";

test("onDatabase closes its connection, also after a failure", () => {
  const path = newDatabasePath();
  expect(existsSync(path)).toBe(false);
  const closed = onDatabase(path, (db) => db);
  expect(closed.isOpen).toBe(false);
  let failed = closed;
  const work = () =>
    onDatabase(path, (db) => {
      failed = db;
      throw new Error("own");
    });
  expect(work).toThrow("own");
  expect(failed === closed).toBe(false);
  expect(failed.isOpen).toBe(false);
});

test("userVersionOf reads the version that migrations leave", () => {
  const path = newDatabasePath();
  expect(userVersionOf(path)).toBe(0);
  onDatabase(path, (db) => db.exec("PRAGMA user_version = 3"));
  expect(userVersionOf(path)).toBe(3);
});
