import { once } from "node:events";
import { readdir, writeFile } from "node:fs/promises";
import { request } from "node:https";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { ManualClock } from "@history-sync/primitives/testing";
import { temporaryFolder } from "@history-sync/test-kit/folders";
import { expect, test } from "vitest";
import { memoryBlobStore } from "../src/memory.js";
import { type ServeOptions, serve } from "../src/node/index.js";
import { localCertificate } from "./support/local-certificate.js";

function memoryServer(options: Partial<ServeOptions> = {}) {
  return serve({ blobs: memoryBlobStore(), port: 0, ...options });
}

async function metricsOf(url: string): Promise<string> {
  return await (await fetch(`${url}/metrics`)).text();
}

test("the metrics count requests, bytes, blobs, latencies and refusals by reason", async () => {
  await using server = await memoryServer({ maxBytes: 1000 });
  const { url } = server;
  const post = (length: number) =>
    fetch(`${url}/upload`, { method: "POST", body: new Uint8Array(length) });
  const id = await (await post(1000)).text();
  await (await fetch(`${url}/files/${id}`)).arrayBuffer();
  await (await post(1001)).text();
  await (await post(0)).text();
  await (await fetch(`${url}/nowhere`, { method: "PURGE" })).text();
  const told = () => metricsOf(url);
  await expect
    .poll(told)
    .toContain(
      'history_server_requests_total{method="other",resource="other",status="404"} 1',
    );
  const lines = await told();
  for (const line of [
    'history_server_requests_total{method="POST",resource="upload",status="200"} 1',
    'history_server_requests_total{method="POST",resource="upload",status="413"} 1',
    'history_server_requests_total{method="GET",resource="files",status="200"} 1',
    'history_server_refusals_total{reason="blob-too-large"} 1',
    'history_server_refusals_total{reason="empty-blob"} 1',
    'history_server_blob_events_total{event="upload-stored"} 1',
    "history_server_stored_bytes 1000",
    'history_server_request_seconds_count{method="GET",resource="files"} 1',
  ]) {
    expect(lines).toContain(line);
  }
  const sent = /bytes_total\{direction="sent"\} (\d+)/.exec(lines)?.[1];
  expect(Number(sent)).toBeGreaterThan(1000);
  expect(lines).not.toContain(id.slice(0, 6));
});

test("the metrics are for this machine, unless said otherwise", async () => {
  const viaProxy = { headers: { "x-forwarded-for": "127.0.0.1" } };
  const table = [
    [{}, undefined, 200],
    [{}, viaProxy, 404],
    [{ proxyHops: 1 }, viaProxy, 200],
    [
      { proxyHops: 1 },
      { headers: { "x-forwarded-for": "127.0.0.1, 192.0.2.1" } },
      404,
    ],
    [{ metricsFor: "off" }, undefined, 404],
    [{ metricsFor: "any" }, viaProxy, 200],
  ] as const;
  for (const [options, init, status] of table) {
    await using server = await memoryServer(options);
    const answer = await fetch(`${server.url}/metrics`, init);
    expect(answer.status, JSON.stringify([options, init])).toBe(status);
  }
});

test("behind a trusted proxy its word names the client, and only its last word", async () => {
  await using server = await memoryServer({
    proxyHops: 1,
    requestsPerMinute: 2,
  });
  const get = async (forwarded: string) => {
    const headers = { "x-forwarded-for": forwarded };
    return (await fetch(server.url, { headers })).status;
  };
  expect(await get("192.0.2.1")).toBe(200);
  expect(await get("203.0.113.9, 192.0.2.1")).toBe(200);
  expect(await get("203.0.113.8, 192.0.2.1")).toBe(429);
  expect(await get("192.0.2.2")).toBe(200);
  expect(await get("no address")).toBe(200);
});

test("x-forwarded-for changes nothing without a trusted proxy", async () => {
  await using server = await memoryServer({ requestsPerMinute: 2 });
  const statuses: number[] = [];
  for (let i = 0; i < 3; i++) {
    const headers = { "x-forwarded-for": `192.0.2.${i}` };
    statuses.push((await fetch(server.url, { headers })).status);
  }
  expect(statuses).toEqual([200, 200, 429]);
});

test("TLS by certificate and key", async () => {
  await using server = await memoryServer({ tls: localCertificate });
  expect(server.url).toMatch(/^https:/);
  const sending = request(`${server.url}/upload`, {
    method: "POST",
    ca: localCertificate.cert,
  }).end("archive");
  const [answer] = await once(sending, "response");
  expect(answer.statusCode).toBe(200);
  expect(await text(answer)).toMatch(/^[0-9a-f]{32}$/);
});

test("a damaged file is no blob, and doesn't keep others from being swept", async () => {
  const { path: folder } = temporaryFolder();
  await using server = await serve({ folder, port: 0 });
  const init = { method: "POST", body: "archive" };
  const id = await (await fetch(`${server.url}/upload`, init)).text();
  await writeFile(join(folder, "blobs", "f".repeat(32)), "x".repeat(600));
  const damaged = `${server.url}/files/${"f".repeat(32)}`;
  expect((await fetch(damaged)).status).toBe(503);
  await server.close();
  const clock = new ManualClock(Date.now() + 8 * 86_400_000);
  let resolve: (fields: unknown) => void = () => {};
  const swept = new Promise<unknown>((done) => {
    resolve = done;
  });
  const log = (event: string, fields: unknown) => {
    if (event === "swept") resolve(fields);
  };
  await using _later = await serve({ folder, port: 0, clock, log });
  expect(await swept).toMatchObject({ deleted: 1, blobs: 0 });
  expect(await readdir(join(folder, "blobs"))).not.toContain(id);
});
