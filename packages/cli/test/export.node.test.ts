import { once } from "node:events";
import { readFile, truncate, writeFile } from "node:fs/promises";
import { text } from "node:stream/consumers";
import { encodeElement } from "@history-sync/archive";
import { temporaryFolder } from "@history-sync/test-kit/folders";
import { expect, test } from "vitest";
import { elementsOf, fixtures, medium, tiny } from "./support/fixtures.js";
import { metadata, writeFrames } from "./support/own-archive.js";
import { run, runHere, start } from "./support/run.js";

test.each(fixtures)("$name comes out element by element", async (fixture) => {
  const { path, keyHex } = fixture;
  const { code, stdout, stderr } = await run(["export", path, "--key", keyHex]);
  const lines = stdout.split("\n");
  expect(lines.pop()).toBe("");
  const elements = elementsOf(fixture);
  expect(lines).toHaveLength(elements.length);
  for (const [index, line] of lines.entries()) {
    expect(JSON.parse(line)).toEqual(elements[index]);
  }
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
});

test("a reader that goes away ends it quietly", async () => {
  const child = start(["export", medium.path, "--key", medium.keyHex]);
  const exited = once(child, "exit");
  const told = text(child.stderr);
  await once(child.stdout, "data");
  child.stdout.destroy();
  expect(await exited).toEqual([0, null]);
  expect(await told).toBe("");
});

test("an interrupt ends it, even while nobody reads", async () => {
  const child = start(["export", medium.path, "--key", medium.keyHex]);
  await once(child.stdout, "readable");
  child.kill("SIGINT");
  expect(await once(child, "exit")).toEqual([null, "SIGINT"]);
});

test("export prints the elements before the damage of a damaged archive", async () => {
  const folder = temporaryFolder();
  const path = folder.file("damaged.xmtp");
  await writeFile(path, await readFile(medium.path));
  await truncate(path, 1_400_000);
  const args = ["export", path, "--key", medium.keyHex];
  const { code, stdout, stderr } = await runHere(args);
  expect(code).toBe(1);
  expect(stderr).toMatch(/^history-sync: \[truncated\] .+\n$/);
  const lines = stdout.trimEnd().split("\n");
  const elements = elementsOf(medium).slice(0, lines.length);
  expect(lines.length).toBeGreaterThan(1_000);
  expect(lines.map((line) => JSON.parse(line))).toEqual(elements);
});

test("an unknown element is an empty object, and an empty frame is none", async () => {
  const folder = temporaryFolder();
  const path = folder.file("own.xmtp");
  const unknown = Uint8Array.of(0xfa, 0x7f, 0); // field 2047, length 0
  const frames = [encodeElement(metadata), new Uint8Array(0), unknown];
  await writeFrames(path, frames);
  const { stdout } = await runHere(["export", path, "--key", tiny.keyHex]);
  expect(stdout.split("\n")).toEqual([
    '{"metadata":{"elements":["BACKUP_ELEMENT_SELECTION_MESSAGES"],"exportedAtNs":"1700000000123456789","startNs":"1"}}',
    "{}",
    "",
  ]);
});
