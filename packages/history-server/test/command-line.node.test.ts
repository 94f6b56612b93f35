import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { helpText, readCommandLine } from "../src/node/command-line.js";
import { withFolder } from "./support/folder.js";

const command = fileURLToPath(new URL("../dist/node/main.js", import.meta.url));

function start(...args: readonly string[]) {
  const child = spawn(process.execPath, [command, ...args]);
  const urlLine = once(child.stdout, "data").then(
    ([line]) => /http:\S+/.exec(String(line))?.[0] ?? "",
  );
  return { child, urlLine, exited: once(child, "exit") };
}

test("settings have defaults and are checked", () => {
  expect(readCommandLine([])).toEqual({
    port: 5558,
    host: "127.0.0.1",
    folder: "history-server-data",
    maxBytes: 1_073_741_824,
    ttlMs: 604_800_000,
  });
  const all = "--port 0 --host :: --data d --max-bytes 5 --ttl 12h";
  expect(readCommandLine(all.split(" "))).toEqual({
    port: 0,
    host: "::",
    folder: "d",
    maxBytes: 5,
    ttlMs: 43_200_000,
  });
  expect(readCommandLine(["--help"])).toBe("help");
  expect(helpText).toContain("--max-bytes");
  for (const bad of [
    "--port=65536",
    "--port=x",
    "--port=-1",
    "--max-bytes=0",
    "--max-bytes=1e9",
    "--ttl=7",
    "--ttl=0d",
    "--ttl=week",
  ]) {
    expect(() => readCommandLine([bad]), bad).toThrow("invalid-setting");
  }
  expect(() => readCommandLine(["--unknown"])).toThrow("--unknown");
});

test("the command prints its address, serves, and ends on SIGTERM", async () => {
  await withFolder(async (folder) => {
    const { child, urlLine, exited } = start("--port", "0", "--data", folder);
    const url = await urlLine;
    const init = { method: "POST", body: "archive" };
    const id = await (await fetch(`${url}/upload`, init)).text();
    expect(await (await fetch(`${url}/files/${id}`)).text()).toBe("archive");
    child.kill("SIGTERM");
    expect(await exited).toEqual([0, null]);
  });
});

test("after kill -9 in the middle of an upload nothing of it is left, and acknowledged blobs are there", async () => {
  await withFolder(async (folder) => {
    const first = start("--port", "0", "--data", folder);
    const url = await first.urlLine;
    const init = { method: "POST", body: "acknowledged" };
    const id = await (await fetch(`${url}/upload`, init)).text();
    const half = new ReadableStream<Uint8Array>({
      start: (controller) => controller.enqueue(new Uint8Array(100_000)),
    });
    const streamed = { method: "POST", body: half, duplex: "half" };
    const uploading = fetch(`${url}/upload`, streamed as RequestInit);
    uploading.catch(() => {});
    const incoming = join(folder, "incoming");
    await expect.poll(() => readdir(incoming)).toHaveLength(1);
    first.child.kill("SIGKILL");
    await first.exited;
    await expect(uploading).rejects.toThrow();
    expect(await readdir(incoming)).toHaveLength(1);

    const second = start("--port", "0", "--data", folder);
    const again = await second.urlLine;
    expect(await readdir(incoming)).toEqual([]);
    expect(await readdir(join(folder, "blobs"))).toEqual([id]);
    const answer = await fetch(`${again}/files/${id}`);
    expect(await answer.text()).toBe("acknowledged");
    second.child.kill("SIGTERM");
    await second.exited;
  });
});

test("a wrong setting is told on one line, with status 1", async () => {
  const { child, exited } = start("--port", "many");
  const told = await text(child.stderr);
  expect(told).toMatch(/^history-server: .*--port.*\n$/);
  expect(await exited).toEqual([1, null]);
});
