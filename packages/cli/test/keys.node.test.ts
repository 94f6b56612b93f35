import { writeFile } from "node:fs/promises";
import { temporaryFolder } from "@history-sync/test-kit/folders";
import { expect, test } from "vitest";
import { medium, tiny } from "./support/fixtures.js";
import { run, runHere } from "./support/run.js";

const verify = ["verify", tiny.path];

test("a key from the environment; an option wins over it", async () => {
  const env = { HISTORY_SYNC_KEY: tiny.keyHex };
  expect((await run(verify, env)).code).toBe(0);
  const wrong = { HISTORY_SYNC_KEY: medium.keyHex };
  expect((await run(verify, wrong)).code).toBe(1);
  const option = [...verify, "--key", tiny.keyHex.toUpperCase()];
  expect((await run(option, wrong)).code).toBe(0);
});

test("a new key from the environment", async () => {
  const folder = temporaryFolder();
  const out = folder.file("out");
  const args = ["convert", tiny.path, out, "--to", "xmtp-v0"];
  await run(args, {
    HISTORY_SYNC_KEY: tiny.keyHex,
    HISTORY_SYNC_OUT_KEY: medium.keyHex,
  });
  const { code } = await runHere(["verify", out, "--key", medium.keyHex]);
  expect(code).toBe(0);
});

test("a key from a file: hex or 32 raw bytes", async () => {
  const folder = temporaryFolder();
  const file = folder.file("key");
  const args = [...verify, "--key-file", file];
  for (const content of [`${tiny.keyHex}\n`, Buffer.from(tiny.keyHex, "hex")]) {
    await writeFile(file, content);
    expect((await runHere(args)).code).toBe(0);
  }
  for (const content of ["", tiny.keyHex.slice(2), "x".repeat(100_000)]) {
    await writeFile(file, content);
    const { code, stderr } = await runHere(args);
    expect(code).toBe(2);
    expect(stderr).toMatch(/^history-sync: \[invalid-key\] --key-file: /);
  }
});

test.each([
  ["none", [], "no-key"],
  ["a short one", ["--key", tiny.keyHex.slice(2)], "invalid-key"],
  ["a long one", ["--key", `${tiny.keyHex}00`], "invalid-key"],
  ["no hex", ["--key", "zz".repeat(32)], "invalid-key"],
  ["two", ["--key", tiny.keyHex, "--key-file", "x"], "usage"],
  ["no file", ["--key-file", tiny.keyHex], "unreadable-file"],
])("no usable key is wrong usage: %s", async (_, options, error) => {
  const { code, stdout, stderr } = await runHere([...verify, ...options]);
  expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  expect(stderr.startsWith(`history-sync: [${error}] `)).toBe(true);
  expect(stderr.trimEnd().split("\n")).toHaveLength(1);
});

test("a key in the wrong place isn't repeated", async () => {
  for (const args of [
    ["verify", tiny.keyHex, "--key", tiny.keyHex],
    ["verify", tiny.path, tiny.keyHex],
    [tiny.keyHex, tiny.path],
    ["convert", tiny.path, "out", "--key", tiny.keyHex, "--to", tiny.keyHex],
  ]) {
    const { code, stderr } = await runHere(args);
    expect(code).toBe(2);
    expect(stderr).toMatch(/^history-sync: \[(usage|unreadable-file)\] .+\n$/);
  }
});
