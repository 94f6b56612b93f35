import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { openSqliteStore } from "../src/sqlite/index.js";

const inUse = expect.objectContaining({ code: "in-use" });

async function newPath(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "history-sync-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  return join(folder, "installation.db");
}

test("openSqliteStore refuses a second store until the first is closed", async () => {
  const path = await newPath();
  const first = openSqliteStore(path);
  expect(() => openSqliteStore(path)).toThrow(inUse);
  expect(await first.groups.groups()).toEqual([]);
  first.close();
  first.close();
  openSqliteStore(path).close();
});

test("openSqliteStore is refused while another process holds the lock, until that is killed", async () => {
  const path = await newPath();
  openSqliteStore(path).close();
  const holder = spawn(
    process.execPath,
    [
      "-e",
      `const { DatabaseSync } = require("node:sqlite");
       const lock = new DatabaseSync(process.argv[1] + "-lock");
       lock.exec("BEGIN EXCLUSIVE");
       console.log("held");
       setInterval(() => lock.isOpen, 1_000);`,
      path,
    ],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  await once(holder.stdout, "data");
  expect(() => openSqliteStore(path)).toThrow(inUse);
  holder.kill("SIGKILL");
  await once(holder, "exit");
  openSqliteStore(path).close();
});

test("openSqliteStore refuses a store in memory, and leaves no lock file", async () => {
  const before = await readdir(".");
  expect(() => openSqliteStore(":memory:")).toThrow("[no-file]");
  expect(await readdir(".")).toEqual(before);
});
