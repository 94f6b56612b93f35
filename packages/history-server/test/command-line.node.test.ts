import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { variableOf } from "@history-sync/server-kit/node";
import { temporaryFolder } from "@history-sync/test-kit/folders";
import {
  nodeCommand,
  runProcess,
  startServer,
} from "@history-sync/test-kit/processes";
import { expect, test } from "vitest";
import { helpText, runHistoryServer } from "../src/node/command/command.js";
import { historyServerProcess } from "../src/node/command/process.js";
import { prefix, readSettings } from "../src/node/command/settings.js";

const command = fileURLToPath(new URL("../dist/node/main.js", import.meta.url));

test("the command has the same flags wherever it is started from", async () => {
  const [firstLine] = (await readFile(command, "utf8")).split("\n");
  expect(firstLine).toBe(
    ["#!/usr/bin/env -S node", ...historyServerProcess.nodeFlags].join(" "),
  );
});

/** Starts the command on a free port. */
function start(...args: readonly string[]) {
  return startServer(nodeCommand(command, "--port", "0", ...args));
}

const defaults = {
  port: 5558,
  host: "127.0.0.1",
  folder: "history-server-data",
  s3: undefined,
  maxBytes: 1_073_741_824,
  maxTotalBytes: undefined,
  ttlMs: 604_800_000,
  unfinishedTtlMs: 86_400_000,
  requestsPerMinute: 600,
  uploadsPerAddress: 16,
  uploadsAtOnce: 1000,
  proxyHops: 0,
  metricsFor: "local",
  closeGraceMs: 30_000,
  idleTimeoutMs: 60_000,
  tlsCertFile: undefined,
  tlsKeyFile: undefined,
  tokenSecretFile: undefined,
};

const given = {
  port: "0",
  host: "::",
  data: "d",
  s3: "https://s3.example.org",
  bucket: "b",
  "s3-region": "r",
  "max-bytes": "5",
  "max-total-bytes": "6",
  ttl: "12h",
  "unfinished-ttl": "1h",
  "requests-per-minute": "0",
  "uploads-per-address": "7",
  "uploads-at-once": "8",
  "trust-proxy": "1",
  metrics: "any",
  "close-grace": "1s",
  "idle-timeout": "2s",
  "tls-cert": "c",
  "tls-key": "k",
  "token-secret": "t",
};

test("every setting has a flag and a variable, flags come first, and the help names all", () => {
  expect(readSettings([], {})).toEqual(defaults);
  const expected = {
    port: 0,
    host: "::",
    folder: "d",
    s3: { endpoint: "https://s3.example.org", bucket: "b", region: "r" },
    maxBytes: 5,
    maxTotalBytes: 6,
    ttlMs: 43_200_000,
    unfinishedTtlMs: 3_600_000,
    requestsPerMinute: undefined,
    uploadsPerAddress: 7,
    uploadsAtOnce: 8,
    proxyHops: 1,
    metricsFor: "any",
    closeGraceMs: 1000,
    idleTimeoutMs: 2000,
    tlsCertFile: "c",
    tlsKeyFile: "k",
    tokenSecretFile: "t",
  };
  const entries = Object.entries(given);
  const flags = entries.flatMap(([name, value]) => [`--${name}`, value]);
  expect(readSettings(flags, {})).toEqual(expected);
  const variables = Object.fromEntries(
    entries.map(([name, value]) => [variableOf(prefix, name), value]),
  );
  expect(variables.HISTORY_SERVER_MAX_BYTES).toBe("5");
  expect(readSettings([], variables)).toEqual(expected);
  expect(readSettings(["--port", "9"], variables)).toMatchObject({ port: 9 });
  for (const name of Object.keys(given)) expect(helpText).toContain(name);
});

test("settings are checked", () => {
  for (const bad of [
    "--port=65536",
    "--port=x",
    "--port=-1",
    "--max-bytes=0",
    "--max-bytes=1e9",
    "--ttl=7",
    "--ttl=0d",
    "--ttl=week",
    "--metrics=all",
    "--tls-cert=c",
    "--s3=https://s3.example.org",
    "--bucket=b",
  ]) {
    expect(() => readSettings([bad], {}), bad).toThrow("invalid-setting");
  }
  expect(() => readSettings(["--unknown"], {})).toThrow("--unknown");
  const misspelt = { HISTORY_SERVER_MAX_BYTE: "5" };
  expect(() => readSettings([], misspelt)).toThrow("HISTORY_SERVER_MAX_BYTE");
});

test("the command makes tokens that its server takes", async () => {
  const { path: folder } = temporaryFolder();
  const secret = join(folder, "secret");
  await writeFile(secret, "0123456789abcdef0123456789abcdef");
  const minted: string[] = [];
  const commandProcess = {
    env: {},
    stdout: { write: (text: string) => minted.push(text) },
    stderr: process.stderr,
    once: () => {},
  };
  const limits = ["--max-bytes", "9", "--ttl", "1h"];
  await runHistoryServer(
    ["token", "--secret", secret, ...limits],
    commandProcess,
  );
  const token = minted.join("").trim();
  expect(token).toMatch(/^v1\.9\.\d{13}\.[\w-]{43}$/);
  await expect(runHistoryServer(["token"], commandProcess)).rejects.toThrow(
    "--secret",
  );

  const args = ["--data", folder, "--token-secret", secret];
  const { url, stop } = await start(...args);
  const post = (headers: Record<string, string>, body: string) =>
    fetch(`${url}/upload`, { method: "POST", headers, body });
  const authorization = `Bearer ${token}`;
  expect((await post({}, "archive")).status).toBe(401);
  expect((await post({ authorization }, "archive")).status).toBe(200);
  expect((await post({ authorization }, "ten  bytes")).status).toBe(413);
  await stop();
});

test("the command prints its address, serves, and ends on SIGTERM", async () => {
  const { path: folder } = temporaryFolder();
  const { url, stop } = await start("--data", folder);
  const init = { method: "POST", body: "archive" };
  const id = await (await fetch(`${url}/upload`, init)).text();
  expect(await (await fetch(`${url}/files/${id}`)).text()).toBe("archive");
  expect(await stop()).toEqual({ code: 0, signal: null });
});

test("after kill -9 in the middle of an upload nothing of it is left, and acknowledged blobs are there", async () => {
  const { path: folder } = temporaryFolder();
  const { url, stop } = await start("--data", folder);
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
  await stop("SIGKILL");
  await expect(uploading).rejects.toThrow();
  expect(await readdir(incoming)).toHaveLength(1);

  const again = await start("--data", folder);
  expect(await readdir(incoming)).toEqual([]);
  expect(await readdir(join(folder, "blobs"))).toEqual([id]);
  const answer = await fetch(`${again.url}/files/${id}`);
  expect(await answer.text()).toBe("acknowledged");
  await again.stop();
});

test("a wrong setting is told on one line, with status 1", async () => {
  const ran = await runProcess(nodeCommand(command, "--port", "many"));
  expect(ran.stderr).toMatch(/^history-server: .*--port.*\n$/);
  expect(ran).toMatchObject({ code: 1, signal: null });
});

test("--s3 without its package is refused with the name of the package to install", async () => {
  const args = ["--s3", "http://127.0.0.1:9000", "--bucket", "archives"];
  const ran = await runProcess({
    ...nodeCommand(command, ...args),
    // pnpm's launchers put the workspace's own packages there.
    env: { NODE_PATH: "" },
  });
  expect(ran).toMatchObject({
    code: 1,
    signal: null,
    stderr:
      "history-server: [missing-package] --s3 needs another package: npm install @history-sync/history-server-s3\n",
  });
});

test("the command prints its version", async () => {
  const ran = await runProcess(nodeCommand(command, "--version"));
  expect(ran.stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
});
