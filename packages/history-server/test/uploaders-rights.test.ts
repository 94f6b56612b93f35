import { expect, test } from "vitest";
import { freshServer } from "./support/fresh-server.js";

const archive = Uint8Array.from({ length: 1000 }, (_, i) => i & 0xff);
const post = (headers: Record<string, string> = {}): RequestInit => ({
  method: "POST",
  body: archive,
  headers,
});
const bearer = (token: string | null): RequestInit => ({
  method: "DELETE",
  headers: { authorization: `Bearer ${token}` },
});

test("t07: the uploader's token deletes, and nothing else does", async () => {
  const { get, blobs } = freshServer();
  const answer = await get("/upload", post());
  const token = answer.headers.get("history-sync-deletion-token");
  const other = (await get("/upload", post())).headers.get(
    "history-sync-deletion-token",
  );
  const path = `/files/${await answer.text()}`;
  expect(token).toMatch(/^[0-9a-f]{32}$/);
  for (const init of [{ method: "DELETE" }, bearer(other), bearer("")]) {
    expect((await get(path, init)).status).toBe(401);
  }
  const read = await get(path);
  expect([...read.headers.keys()]).not.toContain("history-sync-deletion-token");
  await read.body?.cancel();
  expect((await get(path, bearer(token))).status).toBe(204);
  expect((await get(path)).status).toBe(404);
  expect((await get(path, bearer(token))).status).toBe(404);
  expect(await blobs.sweep(0)).toMatchObject({ blobs: 1 });
});

test("the store keeps a hash of the token only", async () => {
  const written: unknown[] = [];
  const { blobs } = freshServer();
  const { get } = freshServer({
    blobs: {
      ...blobs,
      write: (id, body, options) => {
        written.push(options.label);
        return blobs.write(id, body, options);
      },
    },
  });
  const answer = await get("/upload", post());
  const token = answer.headers.get("history-sync-deletion-token") ?? "none";
  expect(JSON.stringify(written)).not.toContain(token);
});

test("t07: an uploader can shorten a blob's life, and not lengthen it", async () => {
  const { get, clock } = freshServer({ ttlMs: 10_000 });
  const short = await get("/upload", post({ "history-sync-expires-in": "5" }));
  const long = await get("/upload", post({ "history-sync-expires-in": "50" }));
  const at = (ms: number) => new Date(clock.nowMs() + ms).toISOString();
  expect(short.headers.get("history-sync-expires-at")).toBe(at(5000));
  expect(long.headers.get("history-sync-expires-at")).toBe(at(10_000));
  const [first, second] = [await short.text(), await long.text()];
  clock.advance(5000);
  expect((await get(`/files/${first}`)).status).toBe(404);
  expect((await get(`/files/${second}`)).status).toBe(200);
  clock.advance(5000);
  expect((await get(`/files/${second}`)).status).toBe(404);
});

test("wishes of another form are 400", async () => {
  const { get } = freshServer();
  for (const headers of [
    { "history-sync-expires-in": "0" },
    { "history-sync-expires-in": "1.5" },
    { "history-sync-expires-in": "-1" },
    { "history-sync-expires-in": "99999999999" },
    { "history-sync-once": "yes" },
  ]) {
    const answer = await get(
      "/upload",
      post(headers as Record<string, string>),
    );
    expect(answer.status, JSON.stringify(headers)).toBe(400);
  }
});

test("t07: a blob for one download goes when its last byte was taken, and not before", async () => {
  const { get } = freshServer();
  const once = post({ "history-sync-once": "1" });
  const path = `/files/${await (await get("/upload", once)).text()}`;
  expect((await get(path, { method: "HEAD" })).status).toBe(200);
  await (await get(path)).body?.cancel();
  const firstHalf = await get(path, { headers: { range: "bytes=0-499" } });
  expect((await firstHalf.arrayBuffer()).byteLength).toBe(500);
  const secondHalf = await get(path, { headers: { range: "bytes=500-" } });
  expect((await secondHalf.arrayBuffer()).byteLength).toBe(500);
  expect((await get(path)).status).toBe(404);
});

test("validators: If-None-Match, If-Range, HEAD and the upload's answer agree on one strong ETag", async () => {
  const { get } = freshServer();
  const uploaded = await get("/upload", post());
  const etag = uploaded.headers.get("etag") ?? "";
  expect(etag).toMatch(/^"[0-9a-f]{64}"$/);
  const path = `/files/${await uploaded.text()}`;
  const head = await get(path, { method: "HEAD" });
  expect(head.headers.get("etag")).toBe(etag);
  for (const known of [etag, `W/${etag}`, `"other", ${etag}`, "*"]) {
    const headers = { "if-none-match": known };
    const answer = await get(path, { headers });
    expect(answer.status, known).toBe(304);
    expect(answer.headers.get("etag")).toBe(etag);
    const asked = await get(path, { headers, method: "HEAD" });
    expect(asked.status).toBe(304);
  }
  const other = { headers: { "if-none-match": '"other"' } };
  expect((await get(path, other)).status).toBe(200);
  const table = [
    [etag, 206],
    ['"other"', 200],
    [`W/${etag}`, 200],
    ["Sat, 01 Jan 2028 00:00:00 GMT", 200],
  ] as const;
  for (const [ifRange, status] of table) {
    const headers = { range: "bytes=10-", "if-range": ifRange };
    expect((await get(path, { headers })).status, ifRange).toBe(status);
  }
});

test("the limit is told before anything is sent", async () => {
  const { get } = freshServer({ maxBytes: 999 });
  for (const [path, method] of [
    ["/", "GET"],
    ["/upload", "OPTIONS"],
  ] as const) {
    const answer = await get(path, { method });
    expect(answer.headers.get("history-sync-max-bytes")).toBe("999");
  }
  const refused = await get("/upload", post());
  expect(refused.status).toBe(413);
  expect(refused.headers.get("history-sync-max-bytes")).toBe("999");
});
