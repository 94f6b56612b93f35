import { join } from "node:path";
import { newDatabasePath } from "@history-sync/test-kit/databases";
import { moduleCommand, startProcess } from "@history-sync/test-kit/processes";
import { expect, test } from "vitest";
import { acquireOwnerLock } from "../src/node.js";

const inUse = expect.objectContaining({ code: "in-use" });

test("acquireOwnerLock refuses a second holder until the first releases", () => {
  const path = newDatabasePath();
  const lock = acquireOwnerLock(path);
  expect(() => acquireOwnerLock(path)).toThrow(inUse);
  lock.release();
  const other = acquireOwnerLock(path);
  lock.release();
  expect(() => acquireOwnerLock(path)).toThrow(inUse);
  other.release();
});

test("A killed process releases its owner lock", async () => {
  const path = newDatabasePath();
  const holder = moduleCommand(
    `const { acquireOwnerLock } = await import(process.argv[2]);
     globalThis.lock = acquireOwnerLock(process.argv[1]);
     console.log("held");
     setInterval(() => {}, 1_000);`,
    path,
    new URL("../dist/node.js", import.meta.url).href,
  );
  const { stop } = await startProcess(holder, { ready: /^held$/ });
  expect(() => acquireOwnerLock(path)).toThrow(inUse);
  await stop("SIGKILL");
  acquireOwnerLock(path).release();
});

test("acquireOwnerLock of a database in a missing folder fails with io", () => {
  expect(() => acquireOwnerLock(join(newDatabasePath(), "x.db"))).toThrow(
    expect.objectContaining({ code: "io", retryable: true }),
  );
});
