import {
  closeSync,
  openSync,
  statSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { newDatabasePath } from "@history-sync/test-kit/databases";
import { expect, test } from "vitest";
import {
  openDatabase,
  SqliteError,
  toSqliteError,
  transaction,
  withSqliteErrors,
} from "../src/node.js";

const schema = {
  steps: ["CREATE TABLE notes (id INTEGER PRIMARY KEY, body BLOB) STRICT"],
};
const open = (path: string, maxFileBytes?: number) =>
  openDatabase(path, { schema, access: "shared", maxFileBytes });
const error = (code: string, retryable: boolean) =>
  expect.objectContaining({ code, retryable, name: "SqliteError" });

test("A full database fails with full, and all of the transaction is undone", () => {
  using database = open(newDatabasePath(), 64 * 1024);
  const { db } = database;
  const insert = db.prepare("INSERT INTO notes (body) VALUES (zeroblob(?))");
  expect(() =>
    transaction(db, () => {
      insert.run(10);
      insert.run(100_000);
    }),
  ).toThrow(error("full", true));
  expect(db.isTransaction).toBe(false);
  expect(db.prepare("SELECT * FROM notes").all()).toEqual([]);
  transaction(db, () => insert.run(10));
  expect(db.prepare("SELECT * FROM notes").all()).toHaveLength(1);
});

test("A transaction fails with busy while another connection writes", () => {
  const path = newDatabasePath();
  using first = open(path);
  using second = open(path);
  second.db.exec("PRAGMA busy_timeout = 0");
  transaction(first.db, () => {
    expect(() => transaction(second.db, () => {})).toThrow(error("busy", true));
  });
  transaction(second.db, () => {});
});

test("A damaged page fails with corrupt", () => {
  const path = newDatabasePath();
  const made = open(path);
  for (let i = 0; i < 100; i++) {
    made.db.exec("INSERT INTO notes (body) VALUES (zeroblob(1000))");
  }
  made.close();
  const file = openSync(path, "r+");
  const garbage = new Uint8Array(4_096).fill(0xee);
  for (let at = 4_096; at < statSync(path).size; at += 4_096) {
    writeSync(file, garbage, 0, garbage.length, at);
  }
  closeSync(file);
  using damaged = open(path);
  const { db } = damaged;
  expect(() =>
    withSqliteErrors(() => db.prepare("SELECT * FROM notes").all()),
  ).toThrow(error("corrupt", false));
});

test("A file that is no database fails with foreign", () => {
  const path = newDatabasePath();
  writeFileSync(path, "a letter ".repeat(1_000));
  expect(() => open(path)).toThrow(error("foreign", false));
});

test("A path in a missing folder and a write without permission fail with io", () => {
  expect(() => open(join(newDatabasePath(), "x.db"))).toThrow(
    error("io", true),
  );
  const path = newDatabasePath();
  open(path).close();
  const db = new DatabaseSync(path, { readOnly: true });
  expect(() => transaction(db, () => db.exec("DELETE FROM notes"))).toThrow(
    error("io", true),
  );
  db.close();
});

test("A broken constraint fails with failed, with SQLite's error as its cause", () => {
  using database = open(":memory:");
  const { db } = database;
  const insert = () => db.exec("INSERT INTO notes (id) VALUES (1)");
  insert();
  expect(() => transaction(db, insert)).toThrow(error("failed", false));
  const thrown = (() => {
    try {
      insert();
    } catch (cause) {
      return cause;
    }
  })();
  const typed = toSqliteError(thrown) as SqliteError;
  expect(typed).toBeInstanceOf(SqliteError);
  expect(typed.cause).toBe(thrown);
  expect(typed.message).toContain("result code 1555");
});

test("Errors of the work itself pass as they are, after a rollback", () => {
  using database = open(":memory:");
  const { db } = database;
  const own = new Error("own");
  expect(() =>
    transaction(db, () => {
      db.exec("INSERT INTO notes (id) VALUES (1)");
      throw own;
    }),
  ).toThrow(own);
  expect(db.prepare("SELECT * FROM notes").all()).toEqual([]);
  expect(toSqliteError(own)).toBe(own);
  expect(toSqliteError("text")).toBe("text");
});
