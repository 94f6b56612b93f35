import { existsSync, readdirSync, statSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { newDatabasePath } from "@history-sync/test-kit/databases";
import { expect, test } from "vitest";
import { type Access, openDatabase, truncateLog } from "../src/node.js";

const schema = { steps: ["CREATE TABLE notes (body BLOB) STRICT"] };
const open = (path: string, access: Access) =>
  openDatabase(path, { schema, access });
const inUse = expect.objectContaining({ code: "in-use", retryable: false });
const busy = expect.objectContaining({ code: "busy", retryable: true });

test("An owner keeps other owners out until it is closed, and lets shared connections in", () => {
  const path = newDatabasePath();
  const owner = open(path, "owner");
  expect(() => open(path, "owner")).toThrow(inUse);
  const reader = open(path, "shared");
  owner.db.exec("INSERT INTO notes VALUES (x'01')");
  expect(reader.db.prepare("SELECT count(*) AS n FROM notes").get()).toEqual({
    n: 1n,
  });
  reader.close();
  owner.close();
  owner.close();
  using again = open(path, "owner");
  expect(again.db.isOpen).toBe(true);
});

test("A shared connection takes the owner lock only to create or migrate tables", () => {
  const path = newDatabasePath();
  const first = open(path, "shared");
  using second = open(path, "shared");
  using owner = open(path, "owner");
  expect(second.db.isOpen && owner.db.isOpen).toBe(true);
  first.close();
  const steps = [...schema.steps, "CREATE TABLE later (n INTEGER) STRICT"];
  const newer = { schema: { steps }, access: "shared" } as const;
  expect(() => openDatabase(path, newer)).toThrow(inUse);
  owner.close();
  openDatabase(path, newer).close();
});

test("An exclusive database can't be opened a second time", () => {
  const path = newDatabasePath();
  using first = open(path, "exclusive");
  first.db.exec("INSERT INTO notes VALUES (x'01')");
  expect(() => open(path, "exclusive")).toThrow(busy);
  expect(existsSync(`${path}-lock`)).toBe(false);
});

test("A database in memory has no owner lock", () => {
  const before = readdirSync(".");
  using one = open(":memory:", "owner");
  using other = open(":memory:", "owner");
  expect(one.db.isOpen && other.db.isOpen).toBe(true);
  expect(readdirSync(".")).toEqual(before);
});

test("Opening leaves nothing open when it fails", () => {
  const path = newDatabasePath();
  const steps = ["CREATE TABLE notes (body BLOB) STRICT", "nonsense"];
  expect(() =>
    openDatabase(path, { schema: { steps }, access: "owner" }),
  ).toThrow(expect.objectContaining({ code: "failed" }));
  open(path, "owner").close();
});

test("The settings reach SQLite", () => {
  const path = newDatabasePath();
  using database = openDatabase(path, {
    schema,
    access: "owner",
    cacheBytes: 20 * 1024 * 1024,
    logBytes: 64 * 1024 * 1024,
    secureDelete: true,
  });
  const { db } = database;
  const read = (pragma: string) =>
    Object.values(db.prepare(`PRAGMA ${pragma}`).get() ?? {})[0];
  expect(
    Object.fromEntries(
      [
        "journal_mode",
        "synchronous",
        "foreign_keys",
        "secure_delete",
        "cache_size",
        "wal_autocheckpoint",
        "busy_timeout",
      ].map((pragma) => [pragma, read(pragma)]),
    ),
  ).toEqual({
    journal_mode: "wal",
    synchronous: 2n,
    foreign_keys: 1n,
    secure_delete: 1n,
    cache_size: -20_480n,
    wal_autocheckpoint: 16_384n,
    busy_timeout: 5_000n,
  });
});

test("truncateLog empties the log, not while a reader holds it, and keeps the busy timeout", () => {
  const path = newDatabasePath();
  using database = open(path, "owner");
  const { db } = database;
  const logBytes = () => statSync(`${path}-wal`).size;
  db.exec("INSERT INTO notes VALUES (x'01')");
  const reader = new DatabaseSync(path);
  reader.exec("BEGIN; SELECT * FROM notes");
  db.exec("INSERT INTO notes VALUES (x'02')");
  truncateLog(db);
  expect(logBytes()).toBeGreaterThan(0);
  reader.close();
  truncateLog(db);
  expect(logBytes()).toBe(0);
  expect(db.prepare("PRAGMA busy_timeout").get()).toEqual({ timeout: 5_000n });
});
