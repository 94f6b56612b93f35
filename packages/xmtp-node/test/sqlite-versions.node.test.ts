import { readFile } from "node:fs/promises";
import type { DatabaseSync } from "node:sqlite";
import { migrate, type Schema } from "@history-sync/sqlite/node";
import {
  newDatabasePath,
  onDatabase,
  userVersionOf,
} from "@history-sync/test-kit/databases";
import { moduleCommand, runProcess } from "@history-sync/test-kit/processes";
import { SqliteNodeStorage } from "@history-sync/xmtp-node/sqlite";
import { expect, test } from "vitest";
import { schema } from "../src/sqlite/schema.js";
import { topicName } from "../src/storage/node-storage.js";

const newest = schema.steps.length;
const oneMore =
  "CREATE TABLE later (word TEXT) STRICT; INSERT INTO later VALUES ('made')";
const later: Schema = { ...schema, steps: [...schema.steps, oneMore] };
const topic = topicName("group", Uint8Array.of(1));

// As it was made before there was another.
const version1 = `
  CREATE TABLE entries (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    topic TEXT NOT NULL,
    created_at_ns INTEGER NOT NULL,
    digest BLOB,
    body BLOB NOT NULL
  ) STRICT;
  CREATE INDEX entries_of_topic ON entries (topic, id);
  CREATE UNIQUE INDEX digests_of_topic ON entries (topic, digest) WHERE digest IS NOT NULL;
  INSERT INTO entries VALUES (7, '${topic}', 5, NULL, x'010203');
  PRAGMA user_version = 1;
`;
const replica = "CREATE TABLE replica_of (name TEXT NOT NULL) STRICT;";

test("a new database has the newest version", async () => {
  const path = newDatabasePath();
  await new SqliteNodeStorage(path).close();
  expect(userVersionOf(path)).toBe(newest);
});

test.each([
  ["a node's", version1],
  ["a replica's", version1 + replica],
])(
  "%s database of version 1 is brought to the newest version",
  async (_, made) => {
    const path = newDatabasePath();
    onDatabase(path, (db) => db.exec(made));
    const storage = new SqliteNodeStorage(path);
    const [entry] = await storage.newest([topic]);
    expect(entry).toMatchObject({ id: 7n, body: Uint8Array.of(1, 2, 3) });
    await storage.close();
    expect(userVersionOf(path)).toBe(newest);
  },
);

test("a later step is taken once", async () => {
  const path = newDatabasePath();
  await new SqliteNodeStorage(path).close();
  for (const _ of [1, 2]) {
    onDatabase(path, (db) => migrate(db, later));
  }
  expect(userVersionOf(path)).toBe(newest + 1);
  onDatabase(path, (db) => {
    expect(db.prepare("SELECT * FROM later").all()).toHaveLength(1);
  });
});

test.each([
  [
    "of a later version",
    (db: DatabaseSync) => migrate(db, later),
    `[newer-schema] expected a database of version ${newest} at most, got ${newest + 1}`,
  ],
  [
    "of another program",
    (db: DatabaseSync) => db.exec("CREATE TABLE recipes (name TEXT)"),
    "[unknown-schema] expected an empty database, got others",
  ],
])("a database %s is refused, and left as it is", async (_, make, message) => {
  const path = newDatabasePath();
  onDatabase(path, make);
  const before = await readFile(path);
  expect(() => new SqliteNodeStorage(path)).toThrow(message);
  expect(await readFile(path)).toEqual(before);
});

test("a process that is killed between steps leaves the old version", async () => {
  const path = newDatabasePath();
  onDatabase(path, (db) => db.exec(version1));
  const dying = moduleCommand(
    `import { DatabaseSync } from "node:sqlite";
     const [path, ...modules] = process.argv.slice(1);
     const [{ migrate }, { schema }] = await Promise.all(modules.map((module) => import(module)));
     const db = new DatabaseSync(path);
     db.function("die", () => process.kill(process.pid, "SIGKILL"));
     migrate(db, { ...schema, steps: [...schema.steps, "SELECT die()"] });`,
    path,
    import.meta.resolve("@history-sync/sqlite/node"),
    new URL("../dist/sqlite/schema.js", import.meta.url).href,
  );
  const { signal } = await runProcess(dying);
  expect(signal).toBe("SIGKILL");
  expect(userVersionOf(path)).toBe(1);
  await new SqliteNodeStorage(path).close();
  expect(userVersionOf(path)).toBe(newest);
});
