import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { expect, test } from "vitest";
import { acquireOwnerLock } from "../src/node.js";
import { newPath } from "./temporary.js";

const inUse = expect.objectContaining({ code: "in-use" });

test("acquireOwnerLock refuses a second holder until the first releases", () => {
  const path = newPath();
  const lock = acquireOwnerLock(path);
  expect(() => acquireOwnerLock(path)).toThrow(inUse);
  lock.release();
  const other = acquireOwnerLock(path);
  lock.release();
  expect(() => acquireOwnerLock(path)).toThrow(inUse);
  other.release();
});

test("A killed process releases its owner lock", async () => {
  const path = newPath();
  const holder = spawn(
    process.execPath,
    [
      "--input-type=module",
      "-e",
      `const { acquireOwnerLock } = await import(process.argv[2]);
       globalThis.lock = acquireOwnerLock(process.argv[1]);
       console.log("held");
       setInterval(() => {}, 1_000);`,
      path,
      new URL("../dist/node.js", import.meta.url).href,
    ],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  await once(holder.stdout, "data");
  expect(() => acquireOwnerLock(path)).toThrow(inUse);
  holder.kill("SIGKILL");
  await once(holder, "exit");
  acquireOwnerLock(path).release();
});

test("acquireOwnerLock of a database in a missing folder fails with io", () => {
  expect(() => acquireOwnerLock(join(newPath(), "x.db"))).toThrow(
    expect.objectContaining({ code: "io", retryable: true }),
  );
});
