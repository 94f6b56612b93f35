import { readdir, readFile, stat, truncate, writeFile } from "node:fs/promises";
import { temporaryFolder } from "@history-sync/test-kit/folders";
import { expect, test } from "vitest";
import { archiveFormats } from "../src/commands/convert.js";
import { legacy, medium, tiny } from "./support/fixtures.js";
import { run, runHere } from "./support/run.js";

const otherKey = "5e".repeat(32);

test.each(archiveFormats)(
  "through %s and back, every element stays",
  async (format) => {
    const folder = temporaryFolder();
    const there = folder.file("there");
    const back = folder.file("back");
    const key = ["--key", medium.keyHex];
    const there0 = ["convert", medium.path, there, "--to", format, ...key];
    expect(await run([...there0, "--out-key", otherKey])).toEqual({
      code: 0,
      stdout: "",
      stderr: "",
    });
    const verify = ["verify", there, "--json", "--key"];
    expect(
      JSON.parse((await runHere([...verify, otherKey])).stdout),
    ).toMatchObject({ whole: true, format });
    expect((await runHere([...verify, medium.keyHex])).code).toBe(1);

    await runHere([
      "convert",
      there,
      back,
      "--to",
      "xmtp-v0",
      "--key",
      otherKey,
    ]);
    const before = await runHere(["export", medium.path, ...key]);
    const after = await runHere(["export", back, "--key", otherKey]);
    expect(after.stdout).toBe(before.stdout);
    expect(after.stdout.length).toBeGreaterThan(1_000_000);
    // Plaintext is one key away, so the file is private.
    expect((await stat(there)).mode & 0o077).toBe(0);
    expect((await readdir(folder.path)).sort()).toEqual(["back", "there"]);
  },
);

test("a file that is there stays, unless forced", async () => {
  const folder = temporaryFolder();
  const out = folder.file("out.xmtp");
  await writeFile(out, "precious");
  const args = [
    "convert",
    tiny.path,
    out,
    "--key",
    tiny.keyHex,
    "--to",
    "xmtp-v0",
  ];
  const refused = await run(args);
  expect(refused.code).toBe(2);
  expect(refused.stderr).toMatch(/^history-sync: \[file-exists\] .*--force/);
  expect(await readFile(out, "utf8")).toBe("precious");
  expect((await runHere([...args, "--force"])).code).toBe(0);
  expect((await runHere(["verify", out, "--key", tiny.keyHex])).code).toBe(0);
  // In place, too.
  args[1] = out;
  expect((await runHere([...args, "--force"])).code).toBe(0);
  expect((await runHere(["verify", out, "--key", tiny.keyHex])).code).toBe(0);
  expect(await readdir(folder.path)).toEqual(["out.xmtp"]);
});

test("a damaged archive and an interrupt leave nothing behind", async () => {
  const folder = temporaryFolder();
  const damaged = folder.file("damaged.xmtp");
  await writeFile(damaged, await readFile(medium.path));
  await truncate(damaged, 1_400_000);
  const options = ["--key", medium.keyHex, "--to", "xmtp-v0"];
  const out = folder.file("out.xmtp");
  const { code, stderr } = await runHere(["convert", damaged, out, ...options]);
  expect(code).toBe(1);
  expect(stderr).toContain("[truncated]");

  const interrupt = new AbortController();
  const stopped = await runHere(["convert", medium.path, out, ...options], {
    isTTY: true,
    onStderr: () => interrupt.abort(),
    signal: interrupt.signal,
  });
  expect(stopped.code).toBe(1);
  expect(interrupt.signal.aborted).toBe(true);
  expect(await readdir(folder.path)).toEqual(["damaged.xmtp"]);
});

test("a place that can't be written: 1", async () => {
  const folder = temporaryFolder();
  const out = folder.file("nowhere/out.xmtp");
  const args = [
    "convert",
    tiny.path,
    out,
    "--key",
    tiny.keyHex,
    "--to",
    "xmtp-v0",
  ];
  const { code, stderr } = await runHere(args);
  expect(code).toBe(1);
  expect(stderr).toMatch(
    /^history-sync: \[unwritable-file\] .*no such file or folder\n$/,
  );
});

test("a legacy archive becomes a sound one", async () => {
  const folder = temporaryFolder();
  const out = folder.file("out.xmtp");
  const args = ["convert", legacy.path, out, "--key", legacy.keyHex];
  const options = ["--allow-repeated-nonce", "--out-key", otherKey];
  await runHere([...args, ...options, "--to", "xmtp-v0"]);
  expect((await runHere(["verify", out, "--key", otherKey])).code).toBe(0);
});
