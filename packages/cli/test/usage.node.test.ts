import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { tiny } from "./support/fixtures.js";
import { run, runHere } from "./support/run.js";

const names = ["inspect", "verify", "export", "convert", "bench"];

test("help names every command, and every command has its own", async () => {
  const { code, stdout } = await run(["--help"]);
  expect(code).toBe(0);
  for (const name of names) {
    expect(stdout).toMatch(new RegExp(`^ {2}${name} `, "m"));
    const help = await runHere([name, "--help"]);
    expect(help.code).toBe(0);
    expect(help.stdout).toContain(`Usage: history-sync ${name} `);
  }
});

test("the version is the package's", async () => {
  const manifest = new URL("../package.json", import.meta.url);
  const { version } = JSON.parse(readFileSync(manifest, "utf8"));
  expect((await run(["--version"])).stdout).toBe(`${version}\n`);
});

test("the -- that pnpm hands on is passed over", async () => {
  const args = ["--", "verify", tiny.path, "--key", tiny.keyHex];
  expect((await run(args)).code).toBe(0);
});

test.each([
  [[]],
  [["constructor"]],
  [["verify"]],
  [["verify", "a", "b", "--key", tiny.keyHex]],
  [["verify", tiny.path, "--kye", "x"]],
  [["verify", tiny.path, "--key"]],
  [["convert", tiny.path, "out", "--key", tiny.keyHex]],
  [["convert", tiny.path, "out", "--key", tiny.keyHex, "--to", "zip"]],
  [["bench", "--messages", "many"]],
  [["bench", "--messages", "0"]],
  [["bench", "1000"]],
])("wrong usage is told on one line, with 2: %j", async (args) => {
  const { code, stdout, stderr } = await runHere(args);
  expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  expect(stderr).toMatch(/^history-sync: \[usage\] .+\n$/);
});

test("a file that can't be read is wrong usage, too", async () => {
  for (const path of ["no-such-file", import.meta.dirname]) {
    const { code, stderr } = await runHere([
      "verify",
      path,
      "--key",
      tiny.keyHex,
    ]);
    expect(code).toBe(2);
    expect(stderr).toMatch(
      /^history-sync: \[unreadable-file\] .*(no such file or folder|is a folder)\n$/,
    );
  }
});
