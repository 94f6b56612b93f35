import { readdir } from "node:fs/promises";
import { newDatabasePath } from "@history-sync/test-kit/databases";
import { moduleCommand, startProcess } from "@history-sync/test-kit/processes";
import { expect, test } from "vitest";
import { openSqliteStore } from "../src/sqlite/index.js";

const inUse = expect.objectContaining({ code: "in-use" });

test("openSqliteStore refuses a second store until the first is closed", async () => {
  const path = newDatabasePath();
  const first = openSqliteStore(path);
  expect(() => openSqliteStore(path)).toThrow(inUse);
  expect(await first.groups.groups()).toEqual([]);
  first.close();
  first.close();
  openSqliteStore(path).close();
});

test("openSqliteStore is refused while another process holds the lock, until that is killed", async () => {
  const path = newDatabasePath();
  openSqliteStore(path).close();
  const holder = moduleCommand(
    `import { DatabaseSync } from "node:sqlite";
     const lock = new DatabaseSync(process.argv[1] + "-lock");
     lock.exec("BEGIN EXCLUSIVE");
     console.log("held");
     setInterval(() => lock.isOpen, 1_000);`,
    path,
  );
  const { stop } = await startProcess(holder, { ready: /^held$/ });
  expect(() => openSqliteStore(path)).toThrow(inUse);
  await stop("SIGKILL");
  openSqliteStore(path).close();
});

test("openSqliteStore refuses a store in memory, and leaves no lock file", async () => {
  const before = await readdir(".");
  expect(() => openSqliteStore(":memory:")).toThrow("[no-file]");
  expect(await readdir(".")).toEqual(before);
});
