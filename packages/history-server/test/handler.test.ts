import {
  defaultMaxBytes,
  newSha256,
} from "@history-sync/history-client/contract";
import { unsafeSeededBytes } from "@history-sync/primitives/testing";
import { expect, test } from "vitest";
import {
  type BlobStore,
  blobId,
  defaultPort,
  defaultTtlMs,
  HistoryServerError,
} from "../src/index.js";
import { memoryBlobStore } from "../src/memory.js";
import { base, freshServer, streamedPost } from "./support/fresh-server.js";

const archive = Uint8Array.from({ length: 1000 }, (_, i) => i & 0xff);
const etag = etagOf(archive);

function etagOf(bytes: Uint8Array): string {
  const hash = newSha256();
  hash.update(bytes);
  return `"${hash.digest()}"`;
}

async function bytesOf(answer: Response): Promise<Uint8Array> {
  return new Uint8Array(await answer.arrayBuffer());
}

test("XMTP's contract: an upload without headers gives the id, which gives the bytes", async () => {
  const { get } = freshServer();
  const chunks = [archive.subarray(0, 14), archive.subarray(14)];
  const uploaded = await get("/upload", streamedPost(chunks));
  expect(uploaded.status).toBe(200);
  const id = await uploaded.text();
  expect(id).toMatch(/^[0-9a-f]{32}$/);

  const downloaded = await get(`/files/${id}`);
  expect(downloaded.status).toBe(200);
  expect(Object.fromEntries(downloaded.headers)).toEqual({
    "accept-ranges": "bytes",
    "access-control-allow-origin": "*",
    "access-control-expose-headers": "*",
    "cache-control": "no-store",
    "content-length": "1000",
    "content-type": "application/octet-stream",
    etag,
    "history-sync-expires-at": "2023-11-21T22:13:20.000Z",
    "x-content-type-options": "nosniff",
  });
  expect(await bytesOf(downloaded)).toEqual(archive);
});

test("the defaults are XMTP's port and days, and 1 GiB", () => {
  expect(defaultPort).toBe(5558);
  expect(defaultTtlMs).toBe(604_800_000);
  expect(defaultMaxBytes).toBe(1_073_741_824);
});

test("GET / is the health check", async () => {
  const answer = await freshServer().get("/");
  expect(answer.status).toBe(200);
  expect(await answer.text()).toBe("");
});

test("ids are 128 bits of the given randomness, new ones for each upload", async () => {
  const { upload } = freshServer({ randomBytes: unsafeSeededBytes(1) });
  const expected = unsafeSeededBytes(1);
  const hex = () =>
    Array.from(expected(16), (b) => b.toString(16).padStart(2, "0")).join("");
  expect(await upload(archive)).toBe(hex());
  expected(16); // the deletion token
  expect(await upload(archive)).toBe(hex());
});

test("HEAD tells the size and opens nothing", async () => {
  const memory = memoryBlobStore();
  const closed: BlobStore = {
    ...memory,
    read: () => Promise.reject(new TypeError("HEAD must not read")),
  };
  const { upload, get } = freshServer({
    blobs: closed,
    clock: { nowMs: () => Date.now(), sleep: () => Promise.resolve() },
  });
  const answer = await get(`/files/${await upload(archive)}`, {
    method: "HEAD",
  });
  expect(answer.status).toBe(200);
  expect(answer.headers.get("content-length")).toBe("1000");
  expect(answer.body).toBeNull();
});

test("an empty body is 400, with and without a stream", async () => {
  const { get } = freshServer();
  const without = await get("/upload", { method: "POST" });
  expect(without.status).toBe(400);
  expect((await get("/upload", streamedPost([]))).status).toBe(400);
});

test("one byte over the limit is 413, found while it streams", async () => {
  const { get, blobs } = freshServer({ maxBytes: 1000 });
  const exact = await get("/upload", { method: "POST", body: archive });
  expect(exact.status).toBe(200);

  let pulled = 0;
  const endless = (function* () {
    while (true) {
      pulled++;
      yield archive;
    }
  })();
  const over = await get("/upload", streamedPost(endless));
  expect(over.status).toBe(413);
  expect(await over.text()).toContain("at most 1000 bytes");
  expect(pulled).toBeLessThan(5);
  expect(await blobs.sweep(0)).toMatchObject({ blobs: 1 });
});

test("t07: a blob is gone when its time is over, before any sweep, and its room comes back", async () => {
  const { upload, get, clock, blobs } = freshServer({ ttlMs: 5000 });
  const id = await upload(archive);
  clock.advance(4999);
  expect((await get(`/files/${id}`)).status).toBe(200);
  clock.advance(1);
  for (const method of ["HEAD", "GET"]) {
    expect((await get(`/files/${id}`, { method })).status).toBe(404);
  }
  expect(await blobs.stat(blobId(id))).toBeUndefined();
});

test("t07: a deleted blob is gone", async () => {
  const { upload, get, blobs } = freshServer();
  const id = await upload(archive);
  await blobs.delete(blobId(id));
  expect((await get(`/files/${id}`)).status).toBe(404);
});

test("single ranges are served as parts", async () => {
  const { upload, get } = freshServer();
  const path = `/files/${await upload(archive)}`;
  const table = [
    ["bytes=0-0", "bytes 0-0/1000", 0, 1],
    ["bytes=10-19", "bytes 10-19/1000", 10, 20],
    ["bytes=990-", "bytes 990-999/1000", 990, 1000],
    ["bytes=990-5000", "bytes 990-999/1000", 990, 1000],
    ["bytes=-10", "bytes 990-999/1000", 990, 1000],
    ["bytes=-5000", "bytes 0-999/1000", 0, 1000],
    ["Bytes=5-6", "bytes 5-6/1000", 5, 7],
  ] as const;
  for (const [range, contentRange, start, end] of table) {
    const answer = await get(path, { headers: { range } });
    expect(answer.status, range).toBe(206);
    expect(answer.headers.get("content-range")).toBe(contentRange);
    expect(answer.headers.get("content-length")).toBe(`${end - start}`);
    expect(await bytesOf(answer)).toEqual(archive.slice(start, end));
  }
});

test("a range past the end is 416, one that is no single range is ignored", async () => {
  const { upload, get } = freshServer();
  const path = `/files/${await upload(archive)}`;
  for (const range of ["bytes=1000-", "bytes=999999999999999-", "bytes=-0"]) {
    const answer = await get(path, { headers: { range } });
    expect(answer.status, range).toBe(416);
    expect(answer.headers.get("content-range")).toBe("bytes */1000");
  }
  for (const range of [
    "bytes=0-1,3-4",
    "bytes=5-4",
    "bytes=-",
    "bytes=a-b",
    "bytes=--5",
    "items=0-1",
    "bytes=9999999999999999999999-",
    "",
  ]) {
    const answer = await get(path, { headers: { range } });
    expect(answer.status, range).toBe(200);
    expect(await bytesOf(answer)).toHaveLength(1000);
  }
  const headers = { range: "bytes=0-0", "if-range": '"other"' };
  expect((await get(path, { headers })).status).toBe(200);
});

test("any origin may call, and asks once an hour", async () => {
  const { handle } = freshServer();
  const table = [
    ["/upload", "POST, OPTIONS"],
    ["/files/0123456789abcdef0123456789abcdef", "GET, HEAD, DELETE, OPTIONS"],
  ] as const;
  for (const [path, methods] of table) {
    const answer = await handle(
      new Request(base + path, { method: "OPTIONS" }),
    );
    expect(answer.status).toBe(204);
    expect(answer.headers.get("access-control-allow-origin")).toBe("*");
    expect(answer.headers.get("access-control-allow-methods")).toBe(methods);
    expect(answer.headers.get("access-control-allow-headers")).toBe(
      "authorization, *",
    );
    expect(answer.headers.get("access-control-max-age")).toBe("3600");
  }
});

test("other methods are 405 and told which ones are allowed", async () => {
  const { get } = freshServer();
  const table = [
    ["GET", "/upload", "POST, OPTIONS"],
    [
      "PUT",
      "/files/0123456789abcdef0123456789abcdef",
      "GET, HEAD, DELETE, OPTIONS",
    ],
    ["POST", "/", "GET, HEAD, OPTIONS"],
    ["toString", "/", "GET, HEAD, OPTIONS"],
    ["__proto__", "/upload", "POST, OPTIONS"],
  ] as const;
  for (const [method, path, allow] of table) {
    const answer = await get(path, { method });
    expect(answer.status, `${method} ${path}`).toBe(405);
    expect(answer.headers.get("allow")).toBe(allow);
  }
});

test("t14: odd paths and ids are 404", async () => {
  const { get, upload } = freshServer();
  const id = await upload(archive);
  for (const path of [
    "/files",
    "/files/",
    "/files/short",
    `/files/${id}/`,
    `/files/${id}/more`,
    `/files//${id}`,
    `//files/${id}`,
    `/Files/${id}`,
    `/files/%2e%2e%2f%2e%2e%2f%2e%2e%2f${id}`,
    `/files/..%2f..%2f${id}`,
    `/files/${id}%00`,
    `/files/${id}%0d%0aset-cookie:a=b`,
    `/files/${id.toUpperCase()}0`,
    `/files/${"a".repeat(100_000)}`,
    "/files/__proto__",
    "/constructor",
    "/upload/",
    "/etc/passwd",
  ]) {
    expect((await get(path)).status, path.slice(0, 60)).toBe(404);
  }
});

test("t22: a query is refused wherever it stands, so that nobody sends a key in one", async () => {
  const { get, upload } = freshServer();
  const id = await upload(archive);
  for (const path of [
    `/files/${id}?key=00112233`,
    "/?key=1",
    "/upload?key=1",
    "/nowhere?key=1",
  ]) {
    expect((await get(path)).status, path).toBe(400);
  }
  const post = { method: "POST", body: archive };
  expect((await get("/upload?k=1", post)).status).toBe(400);
});

test("t21: answers set no cookie and logs show no whole id", async () => {
  const { get, upload, events } = freshServer();
  const id = await upload(archive);
  const answer = await get(`/files/${id}`);
  expect(answer.headers.has("set-cookie")).toBe(false);
  expect(events).toEqual([
    `upload-stored {"id":"${id.slice(0, 6)}","bytes":1000}`,
    `blob-served {"id":"${id.slice(0, 6)}","bytes":1000}`,
  ]);
});

test("a store's faults are 507 and 503, never an exception", async () => {
  const failing = (error: unknown): BlobStore => ({
    ...memoryBlobStore(),
    write: () => Promise.reject(error),
    stat: () => Promise.reject(error),
    read: () => Promise.reject(error),
  });
  const post = { method: "POST", body: archive };
  const full = freshServer({
    blobs: failing(new HistoryServerError("storage-full", "no space")),
  });
  expect((await full.get("/upload", post)).status).toBe(507);
  const broken = freshServer({ blobs: failing(new TypeError("bug")) });
  expect((await broken.get("/upload", post)).status).toBe(503);
  const id = "0123456789abcdef0123456789abcdef";
  const answer = await broken.get(`/files/${id}`);
  expect(answer.status).toBe(503);
  expect(answer.headers.get("retry-after")).toBe("10");
  expect(broken.events).toContain('request-failed {"reason":"unknown"}');
});

test("an upload whose body breaks is 400 and stores nothing", async () => {
  const { get, blobs } = freshServer();
  const broken = (function* () {
    yield archive;
    throw new TypeError("connection lost");
  })();
  expect((await get("/upload", streamedPost(broken))).status).toBe(400);
  expect(await blobs.sweep(0)).toMatchObject({ blobs: 0 });
});
