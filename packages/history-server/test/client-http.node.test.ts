import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import {
  type HistoryServerClientOptions,
  historyServerClient,
} from "@history-sync/history-client";
import { readAll, streamOf } from "@history-sync/primitives";
import { expect, test } from "vitest";
import { memoryBlobStore } from "../src/memory.js";
import { serve } from "../src/node/index.js";

const archive = Uint8Array.from({ length: 300_000 }, (_, i) => (i * 7) & 0xff);
const id = "0123456789abcdef0123456789abcdef";

/** A server on node:http that answers as it is told. */
async function withServer(
  listener: RequestListener,
  story: (url: string) => Promise<void>,
): Promise<void> {
  const server = createServer(listener).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  try {
    await story(`http://127.0.0.1:${port}`);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

function clientFor(url: string, options: HistoryServerClientOptions = {}) {
  return historyServerClient({ origins: [url], ...options });
}

test("up and down over HTTP, as a stream and as a Blob", async () => {
  await using server = await serve({ blobs: memoryBlobStore(), port: 0 });
  for (const streamUploads of [true, false]) {
    const client = clientFor(server.url, { streamUploads });
    const chunks = [archive.subarray(0, 14), archive.subarray(14)];
    const url = await client.upload(server.url, streamOf(chunks));
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/files\/[0-9a-f]{32}$/);
    expect(await readAll(await client.download(url))).toEqual(archive);
  }
});

test("the server's 413 and 400 arrive as such, though the body was not read to its end", async () => {
  const blobs = memoryBlobStore();
  await using server = await serve({ blobs, port: 0, maxBytes: 100_000 });
  const { upload } = clientFor(server.url);
  let cancelled = false;
  const endless = new ReadableStream<Uint8Array>({
    pull: (controller) => controller.enqueue(archive),
    cancel: () => {
      cancelled = true;
    },
  });
  await expect(upload(server.url, endless)).rejects.toMatchObject({
    code: "blob-too-large",
    retryable: false,
  });
  expect(cancelled).toBe(true);
  await expect(upload(server.url, streamOf([]))).rejects.toMatchObject({
    code: "rejected",
    retryable: false,
  });
});

test("an unknown blob is not-found", async () => {
  await using server = await serve({ blobs: memoryBlobStore(), port: 0 });
  const { download } = clientFor(server.url);
  await expect(download(`${server.url}/files/${id}`)).rejects.toMatchObject({
    code: "not-found",
    retryable: false,
  });
});

test("t10: redirects are not followed, up or down, streamed or not", async () => {
  for (const status of [301, 302, 303, 307, 308]) {
    const seen: string[] = [];
    const listener: RequestListener = (request, response) => {
      seen.push(request.url ?? "");
      request.resume();
      response.writeHead(status, { location: `/files/${id}` }).end();
    };
    await withServer(listener, async (server) => {
      const streaming = clientFor(server);
      const gathering = clientFor(server, { streamUploads: false });
      for (const work of [
        () => streaming.upload(server, streamOf([archive])),
        () => gathering.upload(server, streamOf([archive])),
        () => streaming.download(`${server}/a/files/${id}`),
      ]) {
        await expect(work(), `${status}`).rejects.toMatchObject({
          code: "redirected",
          retryable: false,
        });
      }
    });
    expect(seen).toEqual(["/upload", "/upload", `/a/files/${id}`]);
  }
});

test("a server that takes the request and never answers meets the deadline", async () => {
  await withServer(
    (request) => request.resume(),
    async (server) => {
      const client = clientFor(server, { requestTimeoutMs: 50 });
      for (const work of [
        () => client.upload(server, streamOf([archive])),
        () => client.download(`${server}/files/${id}`),
      ]) {
        await expect(work()).rejects.toMatchObject({
          code: "deadline",
          message: `[deadline] ${server}: expected a sign of life within 50 ms`,
          retryable: true,
        });
      }
    },
  );
});

test("a server that takes no more bytes meets the deadline", async () => {
  await withServer(
    (request) => request.pause(),
    async (server) => {
      const { upload } = clientFor(server, { requestTimeoutMs: 50 });
      const endless = new ReadableStream<Uint8Array>({
        pull: (controller) => controller.enqueue(archive),
      });
      await expect(upload(server, endless)).rejects.toMatchObject({
        code: "deadline",
      });
    },
  );
});

test("an answer that stops, and one that is cut, in the middle of a blob", async () => {
  const answers = [
    { finish: () => {}, code: "deadline" },
    { finish: (cut: () => void) => cut(), code: "unreachable" },
  ];
  for (const { finish, code } of answers) {
    const listener: RequestListener = (_, response) => {
      response.writeHead(200, { "content-length": "999999" });
      response.write(archive, () => finish(() => response.destroy()));
    };
    await withServer(listener, async (server) => {
      const { download } = clientFor(server, { requestTimeoutMs: 400 });
      const stream = await download(`${server}/files/${id}`);
      await expect(readAll(stream)).rejects.toMatchObject({
        code,
        retryable: true,
      });
    });
  }
});

test("a port on which nothing listens is unreachable", async () => {
  let gone = "";
  await withServer(
    (_, response) => response.end(),
    async (url) => {
      gone = url;
    },
  );
  const client = clientFor(gone);
  for (const work of [
    () => client.upload(gone, streamOf([archive])),
    () => client.download(`${gone}/files/${id}`),
  ]) {
    await expect(work()).rejects.toMatchObject({
      code: "unreachable",
      message: `[unreachable] ${gone}: no connection, or it broke`,
      retryable: true,
    });
  }
});

test("t21: requests carry neither cookies nor anything that tells who asks", async () => {
  const seen: string[][] = [];
  const listener: RequestListener = (request, response) => {
    seen.push(Object.keys(request.headers).sort());
    request.resume();
    request.on("end", () => {
      response.setHeader("set-cookie", "who=me");
      response.end(id);
    });
  };
  await withServer(listener, async (server) => {
    const client = clientFor(server);
    for (let i = 0; i < 2; i++) {
      const url = await client.upload(server, streamOf([archive]));
      await readAll(await client.download(url));
    }
  });
  const allowed = new Set([
    "accept",
    "accept-encoding",
    "accept-language",
    "cache-control",
    "connection",
    "host",
    "pragma",
    "sec-fetch-mode",
    "transfer-encoding",
    "user-agent",
  ]);
  expect(seen).toHaveLength(4);
  expect(seen.flat().filter((name) => !allowed.has(name))).toEqual([]);
});
