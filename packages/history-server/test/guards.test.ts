import { ManualClock } from "@history-sync/primitives/testing";
import { describe, expect, test } from "vitest";
import { addressLimits } from "../src/guard/address-limits.js";
import { mintUploadToken, totalSpace } from "../src/index.js";
import { memoryBlobStore } from "../src/memory.js";
import { base, freshServer, streamedPost } from "./support/fresh-server.js";

const archive = Uint8Array.from({ length: 1000 }, (_, i) => i & 0xff);
const post = { method: "POST", body: archive };

describe("rate limits", () => {
  test("t19: requests beyond a minute's worth are 429, by address, until the minute has passed", async () => {
    const { handle, clock, events } = freshServer({ requestsPerMinute: 3 });
    const get = async (address: string) =>
      (await handle(new Request(base), { address })).status;
    for (const status of [200, 200, 200, 429, 429]) {
      expect(await get("192.0.2.1")).toBe(status);
    }
    expect(await get("192.0.2.2")).toBe(200);
    clock.advance(20_000);
    expect(await get("192.0.2.1")).toBe(200);
    expect(await get("192.0.2.1")).toBe(429);
    expect(events).toContain('request-refused {"reason":"rate-limited"}');
    const health = new Request(`${base}/healthz`);
    expect((await handle(health, { address: "192.0.2.1" })).status).toBe(200);
  });

  test("1,000 addresses of one IPv6 /64 share one limit", async () => {
    const { handle } = freshServer({ requestsPerMinute: 10 });
    let served = 0;
    for (let i = 0; i < 1_000; i++) {
      const address = `2001:db8:1:2::${i.toString(16)}`;
      const { status } = await handle(new Request(base), { address });
      if (status === 200) served++;
    }
    expect(served).toBe(10);
  });

  test("the memory for addresses is bounded", () => {
    const clock = new ManualClock();
    const limits = addressLimits({ requestsPerMinute: 1 }, clock);
    limits.request("10.0.0.0");
    expect(() => limits.request("10.0.0.0")).toThrow("rate-limited");
    for (let i = 0; i < 100_000; i++) limits.request(`x${i}`);
    limits.request("10.0.0.0");
    expect(() => limits.request("10.0.0.0")).toThrow("rate-limited");
  });

  test("uploads at the same time are counted by address and in all, and given back", async () => {
    const { handle } = freshServer({ uploadsPerAddress: 1, uploadsAtOnce: 2 });
    const ends: (() => void)[] = [];
    const begin = (address: string) => {
      const body = new ReadableStream<Uint8Array>({
        start(controller) {
          controller.enqueue(archive);
          ends.push(() => controller.close());
        },
      });
      const init = { method: "POST", body, duplex: "half" } as RequestInit;
      return handle(new Request(`${base}/upload`, init), { address });
    };
    const first = begin("192.0.2.1");
    const second = begin("192.0.2.2");
    expect((await begin("192.0.2.1")).status).toBe(429);
    const third = await begin("192.0.2.3");
    expect(third.status).toBe(429);
    expect(third.headers.get("retry-after")).toBe("10");
    for (const end of ends.slice(0, 2)) end();
    expect((await first).status).toBe(200);
    expect((await second).status).toBe(200);
    const again = begin("192.0.2.1");
    ends.at(-1)?.();
    expect((await again).status).toBe(200);
  });
});

describe("the quota", () => {
  test("is 507, before and while bytes come, and a deleted blob gives room", async () => {
    const space = totalSpace(2500);
    const { get, upload } = freshServer({ space });
    const first = await get("/upload", post);
    const token = first.headers.get("history-sync-deletion-token");
    await upload(archive);
    const third = await get("/upload", post);
    expect(third.status).toBe(507);
    expect(third.headers.get("retry-after")).toBe("10");
    const streamed = streamedPost([archive.subarray(500), archive]);
    expect((await get("/upload", streamed)).status).toBe(507);
    expect(space.usedBytes()).toBe(2000);
    await get(`/files/${await first.text()}`, {
      method: "DELETE",
      headers: { authorization: `Bearer ${token}` },
    });
    expect(space.usedBytes()).toBe(1000);
    expect((await get("/upload", post)).status).toBe(200);
  });

  test("a sweep's count is the truth", () => {
    const space = totalSpace(100);
    space.recount(90);
    expect(() => space.open().take(11)).toThrow("storage-full");
    const room = space.open();
    room.take(10);
    space.recount(50);
    expect(space.usedBytes()).toBe(60);
    room.giveBack();
    room.keep();
    expect(space.usedBytes()).toBe(50);
  });
});

describe("upload tokens", () => {
  const secret = new Uint8Array(32).fill(9);
  const withToken = (token: string): RequestInit => ({
    ...post,
    headers: { authorization: `Bearer ${token}` },
  });

  test("open the server to their bearer, up to their length and until their end", async () => {
    const { get, clock } = freshServer({ uploadTokenSecret: secret });
    const expiresAtMs = clock.nowMs() + 1000;
    const large = await mintUploadToken(secret, {
      maxBytes: 1000,
      expiresAtMs,
    });
    const small = await mintUploadToken(secret, { maxBytes: 999, expiresAtMs });
    const stored = await get("/upload", withToken(large));
    expect(stored.status).toBe(200);
    expect((await get("/upload", withToken(small))).status).toBe(413);
    const id = await stored.text();
    expect((await get(`/files/${id}`)).status).toBe(200);
    clock.advance(1000);
    expect((await get("/upload", withToken(large))).status).toBe(401);
  });

  test("that are missing, forged, changed or of another server are 401", async () => {
    const { get, clock, blobs } = freshServer({ uploadTokenSecret: secret });
    const expiresAtMs = clock.nowMs() + 1000;
    const grant = { maxBytes: 1000, expiresAtMs };
    const token = await mintUploadToken(secret, grant);
    const other = await mintUploadToken(new Uint8Array(32), grant);
    const refused = await get("/upload", post);
    expect(refused.status).toBe(401);
    expect(refused.headers.get("www-authenticate")).toBe("Bearer");
    for (const bad of [
      other,
      token.replace(".1000.", ".2000."),
      token.replace(`${expiresAtMs}`, `${expiresAtMs + 1}`),
      token.slice(0, -1),
      `${token}A`,
      "v1",
      "",
      "x".repeat(600),
    ]) {
      expect((await get("/upload", withToken(bad))).status, bad).toBe(401);
    }
    expect(await blobs.sweep(0)).toMatchObject({ blobs: 0 });
  });

  test("need a secret of 32 bytes", async () => {
    const short = mintUploadToken(new Uint8Array(31), {
      maxBytes: 1,
      expiresAtMs: 1,
    });
    await expect(short).rejects.toMatchObject({ code: "invalid-setting" });
  });
});

test("a store that doesn't answer makes the server unhealthy", async () => {
  const broken = freshServer({
    blobs: {
      ...memoryBlobStore(),
      stat: () => Promise.reject(new TypeError("gone")),
    },
  });
  expect((await broken.get("/healthz")).status).toBe(503);
  expect((await freshServer().get("/healthz")).status).toBe(200);
});
