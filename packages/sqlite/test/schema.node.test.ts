import { readFileSync } from "node:fs";
import type { DatabaseSync } from "node:sqlite";
import {
  newDatabasePath,
  onDatabase,
  userVersionOf,
} from "@history-sync/test-kit/databases";
import { moduleCommand, runProcess } from "@history-sync/test-kit/processes";
import fc from "fast-check";
import { expect, test } from "vitest";
import { isCurrent, migrate, openDatabase } from "../src/node.js";

const steps = [
  "CREATE TABLE notes (id INTEGER PRIMARY KEY, body TEXT) STRICT",
  "ALTER TABLE notes ADD COLUMN read_at_ns INTEGER; CREATE INDEX unread ON notes (id) WHERE read_at_ns IS NULL",
  "CREATE TABLE labels (name TEXT) STRICT; INSERT INTO labels VALUES ('new')",
];
const schema = { steps };
const upTo = (version: number) => ({ steps: steps.slice(0, version) });

const tablesOf = (db: DatabaseSync) =>
  db.prepare("SELECT type, name, sql FROM sqlite_schema ORDER BY name").all();

test("migrate ends in the same tables from every version, and keeps all rows", () =>
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: steps.length }),
      fc.array(fc.string({ unit: "grapheme-ascii" }), { maxLength: 5 }),
      (version, bodies) => {
        const expected = onDatabase(":memory:", (db) => {
          migrate(db, schema);
          return tablesOf(db);
        });
        onDatabase(":memory:", (db) => {
          migrate(db, upTo(version));
          const insert = db.prepare("INSERT INTO notes (body) VALUES (?)");
          for (const body of bodies) insert.run(body);
          expect(isCurrent(db, schema)).toBe(version === steps.length);
          for (const _ of [1, 2]) migrate(db, schema);
          expect(isCurrent(db, schema)).toBe(true);
          expect(tablesOf(db)).toEqual(expected);
          const rows = db.prepare("SELECT body FROM notes ORDER BY id").all();
          expect(rows.map(({ body }) => body)).toEqual(bodies);
          expect(db.prepare("SELECT * FROM labels").all()).toHaveLength(1);
        });
      },
    ),
  ));

test.each([
  [
    "of a later version",
    (db: DatabaseSync) =>
      migrate(db, { steps: [...steps, "CREATE TABLE later (n INTEGER)"] }),
    "[newer] expected a database of version 3 at most, got 4",
  ],
  [
    "of another program",
    (db: DatabaseSync) => db.exec("CREATE TABLE recipes (name TEXT)"),
    "[foreign] expected an empty database, got others",
  ],
  [
    "without an index of its version",
    (db: DatabaseSync) => {
      migrate(db, upTo(2));
      db.exec("DROP INDEX unread");
    },
    "[foreign] expected the tables of version 2, got others",
  ],
  [
    "with another column",
    (db: DatabaseSync) => {
      migrate(db, upTo(1));
      db.exec("ALTER TABLE notes ADD COLUMN title TEXT");
    },
    "[foreign] expected the tables of version 1, got others",
  ],
])("A database %s is refused and left as it is", (_, make, message) => {
  const path = newDatabasePath();
  onDatabase(path, make);
  const before = readFileSync(path);
  for (const access of ["owner", "shared", "exclusive"] as const) {
    expect(() => openDatabase(path, { schema, access })).toThrow(message);
  }
  expect(readFileSync(path)).toEqual(before);
});

test("isCurrent passes over optional tables", () => {
  const extra =
    "CREATE TABLE extra (name TEXT); CREATE INDEX names ON extra (name)";
  onDatabase(":memory:", (db) => {
    migrate(db, upTo(1));
    db.exec(extra);
    expect(() => isCurrent(db, schema)).toThrow("[foreign]");
    expect(isCurrent(db, { steps, optionalTables: ["extra"] })).toBe(false);
  });
});

test("A process that is killed between steps leaves the old version", async () => {
  const path = newDatabasePath();
  onDatabase(path, (db) => migrate(db, upTo(2)));
  const before = onDatabase(path, tablesOf);
  const dying = moduleCommand(
    `import { DatabaseSync } from "node:sqlite";
     const [path, module, steps] = process.argv.slice(1);
     const { migrate } = await import(module);
     const db = new DatabaseSync(path);
     db.function("die", () => process.kill(process.pid, "SIGKILL"));
     migrate(db, { steps: [...JSON.parse(steps), "SELECT die()"] });`,
    path,
    new URL("../dist/node.js", import.meta.url).href,
    JSON.stringify(steps),
  );
  const { signal } = await runProcess(dying);
  expect(signal).toBe("SIGKILL");
  expect(userVersionOf(path)).toBe(2);
  expect(onDatabase(path, tablesOf)).toEqual(before);
  openDatabase(path, { schema, access: "owner" }).close();
  expect(userVersionOf(path)).toBe(3);
});
