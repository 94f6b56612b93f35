import { readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import type { DatabaseSync } from "node:sqlite";
import { fileURLToPath } from "node:url";
import { groupIdOf } from "@history-sync/primitives";
import { acquireOwnerLock, migrate } from "@history-sync/sqlite/node";
import {
  newDatabasePath,
  onDatabase,
  userVersionOf,
} from "@history-sync/test-kit/databases";
import { moduleCommand, runProcess } from "@history-sync/test-kit/processes";
import { expect, test } from "vitest";
import { openDatabase, openSqliteStore } from "../src/sqlite/index.js";
import { migrations } from "../src/sqlite/migrations.js";

const newest = migrations.length;
const version1 = readFileSync(
  new URL("sqlite-version-1.sql", import.meta.url),
  "utf8",
);
const oneMore =
  "CREATE TABLE later (word TEXT) STRICT; INSERT INTO later VALUES ('made')";

const namesIn = (path: string) =>
  onDatabase(path, (db) =>
    db
      .prepare("SELECT name FROM sqlite_schema WHERE type = 'table'")
      .all()
      .map(({ name }) => name),
  );

test.each([
  ["a store", (path: string) => openSqliteStore(path).close()],
  ["a history", (path: string) => openDatabase(path).close()],
])(
  "%s that is new has the newest version, with all tables",
  async (_, open) => {
    const path = newDatabasePath();
    open(path);
    expect(userVersionOf(path)).toBe(newest);
    expect(namesIn(path)).toEqual(
      expect.arrayContaining(["messages", "mls_groups", "sync_request_states"]),
    );
    open(path);
  },
);

test.each([
  ["a store", (path: string) => openSqliteStore(path).close()],
  ["a history", (path: string) => openDatabase(path).close()],
])("%s of version 1 is brought to the newest version", async (_, open) => {
  const path = newDatabasePath();
  onDatabase(path, (db) => db.exec(version1));
  open(path);
  expect(userVersionOf(path)).toBe(newest);
  const store = openSqliteStore(path);
  const group = groupIdOf(Uint8Array.of(1));
  const [unsent] = await store.history.unpublished(group);
  expect(unsent).toMatchObject({ sentAtNs: 7n, senderInboxId: "alix" });
  expect(unsent).not.toHaveProperty("shouldPush");
  expect(await store.groups.outbox(group)).toMatchObject([
    { id: "m", epoch: 7n, shouldPush: false },
  ]);
  store.close();
});

test("a later migration step runs once, and all earlier rows stay", async () => {
  const path = newDatabasePath();
  openSqliteStore(path).close();
  onDatabase(path, (db) => db.exec("INSERT INTO sync_decisions VALUES ('a')"));
  for (const _ of [1, 2])
    onDatabase(path, (db) => migrate(db, { steps: [...migrations, oneMore] }));
  expect(userVersionOf(path)).toBe(newest + 1);
  onDatabase(path, (db) => {
    expect(db.prepare("SELECT * FROM later").all()).toHaveLength(1);
    expect(db.prepare("SELECT * FROM sync_decisions").all()).toHaveLength(1);
  });
});

test.each([
  [
    "of a later version",
    (db: DatabaseSync) => migrate(db, { steps: [...migrations, oneMore] }),
    `[newer-schema] expected a database of version ${newest} at most, got ${newest + 1}`,
  ],
  [
    "of another program",
    (db: DatabaseSync) => db.exec("CREATE TABLE recipes (name TEXT)"),
    "[unknown-schema] expected an empty database, got others",
  ],
  [
    "from before the first release",
    (db: DatabaseSync) => {
      db.exec(version1);
      db.exec("ALTER TABLE mls_groups DROP COLUMN fork_reason");
    },
    "[unknown-schema] expected the tables of version 1, got others",
  ],
])("a database %s is refused and left as it is", async (_, make, message) => {
  const path = newDatabasePath();
  onDatabase(path, make);
  const before = await readFile(path);
  expect(() => openSqliteStore(path)).toThrow(message);
  expect(() => openDatabase(path)).toThrow(message);
  expect(await readFile(path)).toEqual(before);
});

test("a process that is killed during a migration leaves the old version", async () => {
  const path = newDatabasePath();
  openSqliteStore(path).close();
  const tables = namesIn(path);
  const dying = moduleCommand(
    `import { DatabaseSync } from "node:sqlite";
     import { migrate } from "@history-sync/sqlite/node";
     const [path, migrations, oneMore] = process.argv.slice(1);
     const db = new DatabaseSync(path);
     db.function("die", () => process.kill(process.pid, "SIGKILL"));
     const steps = (await import(migrations)).migrations;
     migrate(db, { steps: [...steps, oneMore, "SELECT die()"] });`,
    path,
    new URL("../dist/sqlite/migrations.js", import.meta.url).href,
    oneMore,
  );
  // Where the child finds the packages that this one depends on.
  const cwd = fileURLToPath(new URL("..", import.meta.url));
  const { signal } = await runProcess({ ...dying, cwd });
  expect(signal).toBe("SIGKILL");
  expect(userVersionOf(path)).toBe(newest);
  expect(namesIn(path)).toEqual(tables);
  openSqliteStore(path).close();
});

test("openDatabase migrates only while no store holds the owner lock", async () => {
  const path = newDatabasePath();
  const lock = acquireOwnerLock(path);
  expect(() => openDatabase(path)).toThrow(
    expect.objectContaining({ code: "in-use" }),
  );
  lock.release();
  openSqliteStore(path).close();
  const store = openSqliteStore(path);
  openDatabase(path).close();
  store.close();
});
