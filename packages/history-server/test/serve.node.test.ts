import { once } from "node:events";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { streamOf } from "@history-sync/primitives";
import { ManualClock } from "@history-sync/primitives/testing";
import { temporaryFolder } from "@history-sync/test-kit/folders";
import { expect, test } from "vitest";
import { blobId } from "../src/index.js";
import { memoryBlobStore } from "../src/memory.js";
import { fileBlobStore, type ServeOptions, serve } from "../src/node/index.js";
import {
  hungUp,
  rawConnection,
  rawExchange,
  statusesOf,
} from "./support/raw-http.js";

const archive = Uint8Array.from({ length: 50_000 }, (_, i) => (i * 7) & 0xff);

function memoryServer(options: Partial<ServeOptions> = {}) {
  return serve({ blobs: memoryBlobStore(), port: 0, ...options });
}

/** A log that can be waited for. */
function eventLog() {
  const seen: string[] = [];
  const waiting = new Map<string, () => void>();
  return {
    seen,
    log: (event: string) => {
      seen.push(event);
      waiting.get(event)?.();
    },
    next: (event: string) =>
      new Promise<void>((resolve) => waiting.set(event, resolve)),
  };
}

test("a chunked upload with no headers but host, as libxmtp sends it", async () => {
  await using server = await memoryServer();
  const answer = await rawExchange(
    server,
    "POST /upload HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\nconnection: close\r\n\r\n" +
      "e\r\n14 first bytes\r\n4\r\nmore\r\n0\r\n\r\n",
  );
  expect(statusesOf(answer)).toEqual(["200"]);
  const id = answer.split("\r\n\r\n")[1] ?? "";
  expect(id).toMatch(/^[0-9a-f]{32}$/);
  const downloaded = await fetch(`${server.url}/files/${id}`);
  expect(await downloaded.text()).toBe("14 first bytesmore");
});

test("many uploads at once stay apart", async () => {
  const { path: folder } = temporaryFolder();
  await using server = await serve({ folder, port: 0 });
  const bodies = Array.from({ length: 24 }, (_, i) =>
    archive.slice(0, 1 + i * 2000),
  );
  const ids = await Promise.all(
    bodies.map(async (body) => {
      const init = { method: "POST", body };
      return await (await fetch(`${server.url}/upload`, init)).text();
    }),
  );
  expect(new Set(ids).size).toBe(bodies.length);
  for (const [i, id] of ids.entries()) {
    const answer = await fetch(`${server.url}/files/${id}`);
    expect(await answer.bytes()).toEqual(bodies[i]);
  }
});

test("an upload that is cut leaves nothing", async () => {
  const { path: folder } = temporaryFolder();
  const { log, next } = eventLog();
  await using server = await serve({ folder, port: 0, log });
  const socket = await rawConnection(server);
  const refused = next("request-refused");
  socket.write(
    "POST /upload HTTP/1.1\r\nhost: x\r\ncontent-length: 999999\r\n\r\nhalf",
  );
  socket.end();
  await refused;
  await hungUp(socket);
  expect(await readdir(join(folder, "incoming"))).toEqual([]);
  expect(await readdir(join(folder, "blobs"))).toEqual([]);
});

test("a download that is cut cancels the store's stream", async () => {
  let cancelled = () => {};
  const closed = new Promise<void>((resolve) => {
    cancelled = resolve;
  });
  const memory = memoryBlobStore();
  const label = {
    createdAtMs: 0,
    expiresAtMs: 2 ** 45,
    sha256: "00".repeat(32),
    once: false,
  };
  const blobs = {
    ...memory,
    read: async () => ({
      size: 2 ** 40,
      ...label,
      body: new ReadableStream<Uint8Array>({
        pull: (controller) => controller.enqueue(new Uint8Array(65_536)),
        cancel: () => cancelled(),
      }),
    }),
    stat: async () => ({ size: 2 ** 40, ...label }),
  };
  await using server = await memoryServer({ blobs });
  const socket = await rawConnection(server);
  socket.write(`GET /files/${"a".repeat(32)} HTTP/1.1\r\nhost: x\r\n\r\n`);
  await once(socket, "data");
  socket.destroy();
  await closed;
});

test("a declared length over the limit is 413 before its bytes are read", async () => {
  await using server = await memoryServer({ maxBytes: 1000 });
  const socket = await rawConnection(server);
  socket.write(
    "POST /upload HTTP/1.1\r\nhost: x\r\ncontent-length: 1001\r\n\r\n",
  );
  const [answer] = await once(socket, "data");
  expect(statusesOf(String(answer))).toEqual(["413"]);
  socket.destroy();
});

test("a body that nobody asked for is read away, and the connection stays", async () => {
  await using server = await memoryServer();
  const length = 1_000_000;
  const answer = await rawExchange(
    server,
    `POST /nowhere HTTP/1.1\r\nhost: x\r\ncontent-length: ${length}\r\n\r\n${"x".repeat(length)}` +
      "GET /healthz HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n",
  );
  expect(statusesOf(answer)).toEqual(["404", "200"]);
});

test("an endless upload sees its 413", async () => {
  await using server = await memoryServer({ maxBytes: 100_000 });
  const socket = await rawConnection(server);
  socket.on("error", () => {});
  socket.write(
    "POST /upload HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n",
  );
  const chunk = `10000\r\n${"x".repeat(65_536)}\r\n`;
  const send = () => {
    while (socket.write(chunk));
  };
  socket.on("drain", send);
  send();
  const [answer] = await once(socket, "data");
  expect(statusesOf(String(answer))).toEqual(["413"]);
  socket.destroy();
});

test("t14: evil targets, methods and headers get 4xx or a closed connection, never 5xx", async () => {
  await using server = await memoryServer({
    headersTimeoutMs: 100,
    idleTimeoutMs: 200,
  });
  const id = "0123456789abcdef0123456789abcdef";
  const end = " HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n";
  const table = [
    [`GET /../../../etc/passwd${end}`, "404"],
    [`GET /files/../../../../etc/passwd${end}`, "404"],
    [`GET /files/..%2f..%2f..%2fetc%2fpasswd${end}`, "404"],
    [`GET /files/%2e%2e/%2e%2e/etc/passwd${end}`, "404"],
    [`GET /files/..\\..\\..\\etc\\passwd${end}`, "404"],
    [`GET //evil.example/files/${id}${end}`, "404"],
    [`GET http://evil.example/files/${id}${end}`, "404"],
    [`GET /files/${id}%0d%0ax-evil:%201${end}`, "404"],
    [`GET /files/${id}?key=1${end}`, "400"],
    [`GET http://[${end}`, "400"],
    [`OPTIONS *${end}`, "400"],
    [`TRACE /${end}`, "400"],
    [`PUT /upload${end}`, "405"],
    [`GET /files/${"a".repeat(20_000)}${end}`, "431"],
    [`GET / HTTP/1.1\r\nhost: x\r\nx: ${"a".repeat(20_000)}\r\n\r\n`, "431"],
    [`POST /upload HTTP/1.1\r\nhost: x\r\ncontent-length: -1\r\n\r\n`, "400"],
    [
      `POST /upload HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\ntransfer-encoding: chunked\r\n\r\n`,
      "400",
    ],
    [
      `POST /upload HTTP/1.1\r\nhost: x\r\nconnection: close\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n`,
      "400",
    ],
    [`GET / HTTP/1.1\r\nhost: x\r\nrange: bytes=\x00-\r\n\r\n`, "400"],
    ["nonsense\r\n\r\n", "400"],
  ] as const;
  for (const [sent, status] of table) {
    const received = await rawExchange(server, sent);
    expect(statusesOf(received), sent.slice(0, 60)).toEqual([status]);
    expect(received).not.toContain("x-evil");
  }
  const connecting = `CONNECT evil.example:443${end}`;
  expect(await rawExchange(server, connecting)).toBe("");
});

test("a connection that never ends its headers is closed", async () => {
  await using server = await memoryServer({ headersTimeoutMs: 50 });
  const answer = await rawExchange(
    server,
    "GET / HTTP/1.1\r\nhost: x\r\nx-slow: ",
  );
  expect(statusesOf(answer)).toEqual(["408"]);
});

test("an upload that stands still is cut and leaves nothing", async () => {
  const { path: folder } = temporaryFolder();
  const { log, next } = eventLog();
  await using server = await serve({
    folder,
    port: 0,
    log,
    idleTimeoutMs: 50,
  });
  const socket = await rawConnection(server);
  const refused = next("request-refused");
  socket.write(
    "POST /upload HTTP/1.1\r\nhost: x\r\ncontent-length: 10\r\n\r\nhalf",
  );
  await hungUp(socket);
  await refused;
  expect(await readdir(join(folder, "incoming"))).toEqual([]);
  expect(await readdir(join(folder, "blobs"))).toEqual([]);
});

test("an upload that drips is cut when its whole time is over", async () => {
  const { log, next } = eventLog();
  await using server = await memoryServer({ log, requestTimeoutMs: 100 });
  const socket = await rawConnection(server);
  const refused = next("request-refused");
  socket.write(
    "POST /upload HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n",
  );
  const drip = setInterval(() => socket.write("1\r\nx\r\n"), 10);
  await hungUp(socket);
  clearInterval(drip);
  await refused;
});

test("t07: expired blobs are swept at the start and then on the clock", async () => {
  const { path: folder } = temporaryFolder();
  const clock = new ManualClock();
  const blobs = await fileBlobStore(folder, { clock });
  const id = blobId("0123456789abcdef0123456789abcdef");
  const store = () => {
    const label = { expiresAtMs: clock.nowMs() + 1000, once: false };
    const options = { maxBytes: 1e6, label };
    return blobs.write(id, streamOf([archive]), options);
  };
  const { log, next } = eventLog();
  await store();
  clock.advance(1000);
  const first = next("swept");
  const settings = { blobs, clock, log, sweepEveryMs: 5000 };
  await using _server = await serve({ ...settings, port: 0 });
  await first;
  expect(await readdir(join(folder, "blobs"))).toEqual([]);
  await store();
  const second = next("swept");
  clock.advance(5000);
  await second;
  expect(await readdir(join(folder, "blobs"))).toEqual([]);
});

test("closing lets a running upload end, takes no new one, and can be done twice", async () => {
  const server = await memoryServer();
  const socket = await rawConnection(server);
  socket.write(
    "POST /upload HTTP/1.1\r\nhost: x\r\ncontent-length: 4\r\nexpect: 100-continue\r\n\r\n",
  );
  await once(socket, "data");
  const closed = server.close();
  const late = fetch(server.url);
  await expect(late).rejects.toThrow();
  socket.write("done");
  const [answer] = await once(socket, "data");
  expect(statusesOf(String(answer))).toEqual(["200"]);
  await closed;
  await server.close();
});

test("closing cuts what does not end in time", async () => {
  const server = await memoryServer({ closeGraceMs: 20 });
  const socket = await rawConnection(server);
  socket.write(
    "POST /upload HTTP/1.1\r\nhost: x\r\ncontent-length: 4\r\nexpect: 100-continue\r\n\r\n",
  );
  await once(socket, "data");
  await Promise.all([server.close(), hungUp(socket)]);
});

test("a port that is taken rejects", async () => {
  await using server = await memoryServer();
  await expect(memoryServer({ port: server.port })).rejects.toMatchObject({
    code: "EADDRINUSE",
  });
});
