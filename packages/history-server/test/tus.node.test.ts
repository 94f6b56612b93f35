import { createHash, randomBytes } from "node:crypto";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import {
  historyServerClient,
  type UploadReceipt,
} from "@history-sync/history-client";
import { readAll, streamOf } from "@history-sync/primitives";
import { unsafeSeededBytes } from "@history-sync/primitives/testing";
import { temporaryFolder } from "@history-sync/test-kit/folders";
import * as tus from "tus-js-client";
import { expect, test } from "vitest";
import { mintUploadToken, totalSpace } from "../src/index.js";
import { type RunningServer, serve } from "../src/node/index.js";
import { type CuttingProxy, cuttingProxy } from "./support/cutting-proxy.js";

const slow = process.env.SLOW === "1";
const archive = randomBytes(slow ? 200_000_000 : 24_000_000);
const client = () =>
  historyServerClient({ retryDelayMs: 0, requestTimeoutMs: 5000 });
const version = { "tus-resumable": "1.0.0" };
const patchHeaders = {
  ...version,
  "content-type": "application/offset+octet-stream",
};

/** A server on files behind a proxy that cuts every connection after 1 to 9 MB. */
async function behindCuts(
  story: (proxy: CuttingProxy, server: RunningServer) => Promise<void>,
): Promise<void> {
  const { path: folder } = temporaryFolder();
  await using server = await serve({ folder, port: 0 });
  const random = unsafeSeededBytes(7);
  const cutAfter = () => 1_000_000 + (random(1)[0] ?? 0) * 31_250;
  const proxy = await cuttingProxy(server.port, cutAfter);
  try {
    await story(proxy, server);
  } finally {
    await proxy.close();
  }
}

function created(server: RunningServer, headers: Record<string, string>) {
  return fetch(`${server.url}/tus`, {
    method: "POST",
    headers: { ...version, ...headers },
  });
}

test("tus-js-client uploads through connections that are cut, and the bytes are equal", async () => {
  await behindCuts(async (proxy, server) => {
    const url = await new Promise<string>((resolve, reject) => {
      const upload = new tus.Upload(archive, {
        endpoint: `${proxy.url}/tus`,
        chunkSize: 8 * 1024 ** 2,
        retryDelays: Array<number>(2000).fill(0),
        metadata: { filename: "not kept" },
        onError: reject,
        onSuccess: () => resolve(upload.url ?? ""),
      });
      upload.start();
    });
    expect(proxy.cuts()).toBeGreaterThan(2);
    const path = new URL(url).pathname.replace("/tus/", "/files/");
    const answer = await fetch(server.url + path);
    const digest = createHash("sha256").update(await answer.bytes());
    const sent = createHash("sha256").update(archive).digest("hex");
    expect(digest.digest("hex")).toBe(sent);
    expect(answer.headers.get("etag")).toBe(`"${sent}"`);
  });
});

test("tus-js-client uploads four parts at once, and the bytes are equal", async () => {
  const { path: folder } = temporaryFolder();
  await using server = await serve({ folder, port: 0 });
  const url = await new Promise<string>((resolve, reject) => {
    const upload = new tus.Upload(archive, {
      endpoint: `${server.url}/tus`,
      parallelUploads: 4,
      chunkSize: 8 * 1024 ** 2,
      retryDelays: null,
      onError: reject,
      onSuccess: () => resolve(upload.url ?? ""),
    });
    upload.start();
  });
  const path = new URL(url).pathname.replace("/tus/", "/files/");
  const answer = await fetch(server.url + path);
  const bytes = await answer.bytes();
  expect(Buffer.compare(bytes, archive)).toBe(0);
  const sent = createHash("sha256").update(archive).digest("hex");
  expect(answer.headers.get("etag")).toBe(`"${sent}"`);
  expect(await readdir(join(folder, "unfinished"))).toEqual([]);
});

test("a part that is cut goes on where it was, and the join comes after", async () => {
  await behindCuts(async (proxy, server) => {
    const url = await new Promise<string>((resolve, reject) => {
      const upload = new tus.Upload(archive, {
        endpoint: `${proxy.url}/tus`,
        parallelUploads: 4,
        chunkSize: 8 * 1024 ** 2,
        retryDelays: Array<number>(2000).fill(0),
        onError: reject,
        onSuccess: () => resolve(upload.url ?? ""),
      });
      upload.start();
    });
    expect(proxy.cuts()).toBeGreaterThan(0);
    const path = new URL(url).pathname.replace("/tus/", "/files/");
    const bytes = await (await fetch(server.url + path)).bytes();
    expect(Buffer.compare(bytes, archive)).toBe(0);
  });
});

test("our client uploads and downloads through connections that are cut", async () => {
  await behindCuts(async (proxy) => {
    const { upload, download } = client();
    const progress: number[] = [];
    const body = streamOf(
      (function* () {
        for (let at = 0; at < archive.length; at += 1_000_003) {
          yield archive.subarray(at, at + 1_000_003);
        }
      })(),
    );
    const url = await upload(proxy.url, body, {
      onProgress: (bytes) => progress.push(bytes),
    });
    expect(proxy.cuts()).toBeGreaterThan(2);
    expect(progress).toEqual([...progress].sort((a, b) => a - b));
    expect(progress.at(-1)).toBe(archive.length);
    const cutsBefore = proxy.cuts();
    const received = await readAll(await download(url));
    expect(Buffer.compare(received, archive)).toBe(0);
    expect(proxy.cuts()).toBeGreaterThan(cutsBefore + 1);
  });
});

test("an upload outlives both processes: its handle is plain data, the server's part is on disk", async () => {
  const { path: folder } = temporaryFolder();
  const first = await serve({ folder, port: 0 });
  const begun = await client().createUpload(first.url);
  if (!begun) throw new TypeError("expected tus");
  const stop = new AbortController();
  const sending = client().resumeUpload(begun, streamOf([archive]), {
    signal: stop.signal,
    onProgress: () => stop.abort(new TypeError("killed")),
  });
  await expect(sending).rejects.toThrow("killed");
  await first.close();

  await using again = await serve({ folder, port: first.port });
  const kept = JSON.parse(JSON.stringify(begun)) as typeof begun;
  const seen: number[] = [];
  const { resumeUpload, download } = client();
  const url = await resumeUpload(kept, streamOf([archive]), {
    onProgress: (bytes) => seen.push(bytes),
  });
  expect(seen[0]).toBeGreaterThan(8 * 1024 ** 2);
  expect(url).toBe(begun.url);
  const received = await readAll(await download(url));
  expect(Buffer.compare(received, archive)).toBe(0);
  // Once more changes nothing.
  expect(await resumeUpload(kept, streamOf([archive]))).toBe(url);
  await expect(
    resumeUpload(kept, streamOf([archive.subarray(1)])),
  ).rejects.toMatchObject({ code: "upload-lost" });
  const changed = Buffer.from(archive);
  changed[5] = (changed[5] ?? 0) ^ 1;
  await expect(resumeUpload(kept, streamOf([changed]))).rejects.toMatchObject({
    code: "corrupted",
  });
  expect(await readdir(join(folder, "unfinished"))).toEqual([]);
  expect(again.url).toBe(first.url);
});

test("a finished upload is a blob with its label, and what the uploader told of it is not kept", async () => {
  const { path: folder } = temporaryFolder();
  await using server = await serve({ folder, port: 0 });
  const answer = await created(server, {
    "upload-length": "3",
    "upload-metadata": `filename ${btoa("secret")}`,
    "history-sync-once": "1",
  });
  expect(answer.status).toBe(201);
  const location = answer.headers.get("location") ?? "";
  expect(location).toMatch(/^tus\/[0-9a-f]{32}$/);
  const token = answer.headers.get("history-sync-deletion-token");
  expect(token).toMatch(/^[0-9a-f]{32}$/);
  const url = `${server.url}/${location}`;
  const head = await fetch(url, { method: "HEAD", headers: version });
  expect(head.headers.get("upload-offset")).toBe("0");
  expect(head.headers.has("upload-metadata")).toBe(false);
  const file = `${server.url}/${location.replace("tus", "files")}`;
  expect((await fetch(file)).status).toBe(404);

  const sent = await fetch(url, {
    method: "PATCH",
    headers: { ...patchHeaders, "upload-offset": "0" },
    body: "abc",
  });
  expect(sent.status).toBe(204);
  const done = await fetch(url, { method: "HEAD", headers: version });
  expect(done.headers.get("upload-offset")).toBe("3");
  expect(done.headers.get("etag")).toBe(sent.headers.get("etag"));
  expect(await (await fetch(file)).text()).toBe("abc");
  expect((await fetch(file)).status).toBe(404);
});

test("an upload is ended by its uploader, or when it was not finished in time", async () => {
  const { path: folder } = temporaryFolder();
  const unfinished = join(folder, "unfinished");
  {
    await using server = await serve({ folder, port: 0 });
    const answer = await created(server, { "upload-length": "3" });
    const url = `${server.url}/${answer.headers.get("location")}`;
    const ended = await fetch(url, { method: "DELETE", headers: version });
    expect(ended.status).toBe(204);
    expect(await readdir(unfinished)).toEqual([]);
    await created(server, { "upload-length": "3" });
    expect(await readdir(unfinished)).toHaveLength(2);
  }
  const swept = new Promise<unknown>((resolve) => {
    void serve({
      folder,
      port: 0,
      unfinishedTtlMs: 1,
      log: (event, fields) => event === "swept" && resolve(fields),
    }).then((server) => server.close());
  });
  expect(await swept).toMatchObject({ deleted: 1, unfinished: 0 });
  expect(await readdir(unfinished)).toEqual([]);
});

test("limits hold piece by piece: the server's, the quota's and the token's", async () => {
  const { path: folder } = temporaryFolder();
  const secret = new Uint8Array(32).fill(3);
  const space = totalSpace(1000);
  await using server = await serve({
    folder,
    port: 0,
    maxBytes: 600,
    space,
    uploadTokenSecret: secret,
  });
  const expiresAtMs = Date.now() + 60_000;
  const grant = { maxBytes: 500, expiresAtMs };
  const token = await mintUploadToken(secret, grant);
  const authorization = `Bearer ${token}`;
  const begin = (headers: Record<string, string>) =>
    created(server, { authorization, ...headers });
  const append = async (length: number) => {
    const answer = await begin({ "upload-defer-length": "1" });
    return await fetch(`${server.url}/${answer.headers.get("location")}`, {
      method: "PATCH",
      headers: { ...patchHeaders, "upload-offset": "0" },
      body: new Uint8Array(length),
    });
  };
  expect((await created(server, { "upload-length": "1" })).status).toBe(401);
  expect((await begin({ "upload-length": "501" })).status).toBe(413);
  expect((await begin({ "upload-length": "0" })).status).toBe(400);
  expect((await append(501)).status).toBe(413);
  expect((await append(500)).status).toBe(204);
  expect((await append(400)).status).toBe(204);
  expect((await append(200)).status).toBe(507);
  expect(space.usedBytes()).toBe(900);
});

test("an upload that was begun is told of before its first byte, and is deleted unfinished", async () => {
  const { path: folder } = temporaryFolder();
  await using server = await serve({ folder, port: 0 });
  const { upload, deleteBlob, createUpload } = client();
  const events: string[] = [];
  const killed = upload(server.url, streamOf([archive]), {
    onBegin: async ({ url, deletionToken = "" }) => {
      events.push("begun");
      expect(await deleteBlob(url, deletionToken)).toBe(true);
      expect(await deleteBlob(url, deletionToken)).toBe(false);
    },
    onProgress: () => events.push("sent"),
  });
  await expect(killed).rejects.toMatchObject({ code: "upload-lost" });
  expect(events).toEqual(["begun"]);
  const other = await createUpload(server.url);
  expect(other?.deletionToken).toMatch(/^[0-9a-f]{32}$/);
});

test("the uploader's receipt deletes what went in pieces", async () => {
  const { path: folder } = temporaryFolder();
  await using server = await serve({ folder, port: 0 });
  const { upload, download, deleteBlob } = client();
  let receipt: UploadReceipt | undefined;
  const url = await upload(server.url, streamOf([archive]), {
    expiresInMs: 5000,
    onReceipt: (given) => {
      receipt = given;
    },
  });
  expect(receipt?.expiresAtMs).toBeLessThan(Date.now() + 5001);
  await expect(deleteBlob(url, "wrong")).rejects.toMatchObject({
    code: "unauthorized",
  });
  expect(await deleteBlob(url, receipt?.deletionToken ?? "")).toBe(true);
  await expect(download(url)).rejects.toMatchObject({ code: "not-found" });
  expect(await deleteBlob(url, receipt?.deletionToken ?? "")).toBe(false);
});
