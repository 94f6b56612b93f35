import { existsSync, writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { TemporaryFolder, temporaryFolder } from "../src/folders.js";

test("TemporaryFolder is removed with its files when it is disposed of", async () => {
  let path: string;
  {
    await using folder = new TemporaryFolder();
    path = folder.path;
    writeFileSync(folder.file("a.txt"), "a");
    expect(existsSync(`${path}/a.txt`)).toBe(true);
  }
  expect(existsSync(path)).toBe(false);
});

const made: string[] = [];

test("temporaryFolder returns a new folder at each call", () => {
  made.push(temporaryFolder().path, temporaryFolder().path);
  expect(new Set(made).size).toBe(2);
  expect(made.map((path) => existsSync(path))).toEqual([true, true]);
});

test("temporaryFolder removes its folder when the test has finished", () => {
  expect(made.map((path) => existsSync(path))).toEqual([false, false]);
});
