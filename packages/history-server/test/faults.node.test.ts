import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { isBlobId } from "@history-sync/history-client/contract";
import { readAll } from "@history-sync/primitives";
import { unsafeSeededBytes } from "@history-sync/primitives/testing";
import { temporaryFolder } from "@history-sync/test-kit/folders";
import { nodeCommand, startServer } from "@history-sync/test-kit/processes";
import { expect, test } from "vitest";
import { blobId, totalSpace } from "../src/index.js";
import { memoryBlobStore } from "../src/memory.js";
import { fileBlobStore, type RunningServer, serve } from "../src/node/index.js";
import { freshServer } from "./support/fresh-server.js";
import { smallDiskBytes, withSmallDisk } from "./support/full-disk.js";
import { rawConnection, statusesOf } from "./support/raw-http.js";

const command = fileURLToPath(new URL("../dist/node/main.js", import.meta.url));
const slow = process.env.SLOW === "1";
const tusHeaders = { "tus-resumable": "1.0.0" };
const pieceHeaders = {
  ...tusHeaders,
  "content-type": "application/offset+octet-stream",
  "upload-offset": "0",
};

test("kill -9 during 50 uploads: what was acknowledged is there, what is there is whole", async () => {
  const { path: folder } = temporaryFolder();
  const args = ["--port", "0", "--uploads-per-address", "0"];
  const { child, url, exit } = await startServer(
    nodeCommand(command, ...args, "--data", folder),
  );
  const acknowledged: string[] = [];
  const sent = new Set<string>();
  const uploads = Array.from({ length: 50 }, async () => {
    while (true) {
      const body = randomBytes(300_000);
      sent.add(createHash("sha256").update(body).digest("hex"));
      const answer = await fetch(`${url}/upload`, { method: "POST", body });
      acknowledged.push(await answer.text());
      if (acknowledged.length === 80) child.kill("SIGKILL");
    }
  });
  const ends = await Promise.allSettled(uploads);
  expect(ends.map(({ status }) => status)).toEqual(
    Array<string>(50).fill("rejected"),
  );
  await exit;

  const blobs = await fileBlobStore(folder);
  const names = await readdir(join(folder, "blobs"));
  expect(await readdir(join(folder, "incoming"))).toEqual([]);
  expect(acknowledged.filter((id) => !names.includes(id))).toEqual([]);
  for (const name of names) {
    const blob = await blobs.read(blobId(name));
    const bytes = blob && (await readAll(blob.body));
    const sha256 = createHash("sha256")
      .update(bytes ?? "")
      .digest("hex");
    expect(blob?.sha256).toBe(sha256);
    expect(sent.has(sha256)).toBe(true);
  }
  expect(acknowledged.length).toBeGreaterThanOrEqual(80);
});

test("a full disk is 507, leaves nothing of the upload and all of the others, and mends", async () => {
  await withSmallDisk(async (disk) => {
    const { path: other } = temporaryFolder();
    // Where nothing can be mounted, a quota of the same size replaces the disk.
    const space = totalSpace(disk === undefined ? smallDiskBytes : undefined);
    const folder = disk ?? other;
    await using server = await serve({ folder, port: 0, space });
    const post = (length: number) =>
      fetch(`${server.url}/upload`, {
        method: "POST",
        body: randomBytes(length),
      });
    const first = await post(5_000_000);
    const token = first.headers.get("history-sync-deletion-token");
    const id = await first.text();
    for (let i = 0; i < 3; i++) {
      expect((await post(5_000_000)).status).toBe(507);
      expect(await readdir(join(folder, "incoming"))).toEqual([]);
    }
    const begun = await fetch(`${server.url}/tus`, {
      method: "POST",
      headers: { ...tusHeaders, "upload-defer-length": "1" },
    });
    const piece = `${server.url}/${begun.headers.get("location")}`;
    const sent = await fetch(piece, {
      method: "PATCH",
      headers: pieceHeaders,
      body: randomBytes(5_000_000),
    });
    expect(sent.status).toBe(507);
    await fetch(piece, { method: "DELETE", headers: tusHeaders });
    const file = `${server.url}/files/${id}`;
    const kept = await (await fetch(file)).arrayBuffer();
    expect(kept.byteLength).toBe(5_000_000);
    const headers = { authorization: `Bearer ${token}` };
    await fetch(file, { method: "DELETE", headers });
    if (disk === undefined) space.recount(0);
    expect((await post(5_000_000)).status).toBe(200);
  });
});

test("200 slow uploads hold nobody up, and are all stored", async () => {
  await using server = await serve({ blobs: memoryBlobStore(), port: 0 });
  const half = "x".repeat(1000);
  const open = async () => {
    const socket = await rawConnection(server);
    socket.write(
      `POST /upload HTTP/1.1\r\nhost: x\r\ncontent-length: 2000\r\nexpect: 100-continue\r\n\r\n`,
    );
    await once(socket, "data");
    socket.write(half);
    return socket;
  };
  const slowOnes = await Promise.all(Array.from({ length: 200 }, open));
  const body = randomBytes(40_000);
  const started = performance.now();
  for (let i = 0; i < 50; i++) {
    const answer = await fetch(`${server.url}/upload`, {
      method: "POST",
      body,
    });
    const file = await fetch(`${server.url}/files/${await answer.text()}`);
    expect((await file.bytes()).length).toBe(body.length);
  }
  expect(performance.now() - started).toBeLessThan(5000);
  const stored = slowOnes.map(async (socket) => {
    socket.write(half);
    const [answer] = await once(socket, "data");
    socket.destroy();
    return statusesOf(String(answer)).join();
  });
  expect(await Promise.all(stored)).toEqual(Array<string>(200).fill("200"));
});

test("guessing ids finds nothing", async () => {
  const { handle, upload } = freshServer();
  const known: string[] = [];
  for (let i = 0; i < 100; i++) known.push(await upload(randomBytes(10)));
  const random = unsafeSeededBytes(11);
  const guesses = slow ? 1_000_000 : 20_000;
  let found = 0;
  for (let i = 0; i < guesses; i++) {
    const near = known[i % known.length] ?? "";
    const guess = Buffer.from(random(16)).toString("hex");
    // Half of them share most of a real id.
    const id = i % 2 === 0 ? guess : near.slice(0, 28) + guess.slice(0, 4);
    const method = i % 3 === 0 ? "HEAD" : "GET";
    const request = new Request(`http://x/files/${id}`, { method });
    const { status } = await handle(request);
    if (status !== 404 && id !== near) found++;
  }
  expect(found).toBe(0);
});

test("no request is answered with 500, whatever it is made of", async () => {
  const { path: folder } = temporaryFolder();
  await using server = await serve({ folder, port: 0 });
  const init = { method: "POST", body: "archive" };
  const id = await (await fetch(`${server.url}/upload`, init)).text();
  const counts = await fuzzed(server, id, slow ? 50_000 : 2_000);
  expect([...counts.keys()].filter((status) => status >= 500)).toEqual([]);
  expect(counts.size).toBeGreaterThan(6);
  const file = await fetch(`${server.url}/files/${id}`);
  expect(await file.text()).toBe("archive");
});

/** Sends requests put together at random from what is nearly right; gives how often each status came. */
async function fuzzed(
  server: RunningServer,
  id: string,
  count: number,
): Promise<ReadonlyMap<number, number>> {
  const random = unsafeSeededBytes(5);
  const byte = () => random(1)[0] ?? 0;
  const pick = <T>(choices: readonly T[]): T =>
    choices[byte() % choices.length] as T;
  const noise = () => Buffer.from(random(byte() % 20)).toString("latin1");
  const methods = "GET HEAD POST PUT PATCH OPTIONS PURGE".split(" ");
  const unfinished = await fetch(`${server.url}/tus`, {
    method: "POST",
    headers: { ...tusHeaders, "upload-length": "100" },
  });
  const begun = unfinished.headers.get("location")?.slice(4) ?? "";
  expect(isBlobId(begun)).toBe(true);
  const paths = [
    () => "/",
    () => "/upload",
    () => `/files/${id}`,
    () => "/tus",
    () => `/tus/${begun}`,
    () => `/tus/${id}`,
    () => `/files/${"0".repeat(byte())}`,
    () => `/${encodeURIComponent(noise())}`,
    () => `/files/${id}?${encodeURIComponent(noise())}`,
    () => `//${id}/../..`,
  ];
  const names = [
    "range",
    "if-range",
    "if-none-match",
    "authorization",
    "tus-resumable",
    "upload-offset",
    "upload-length",
    "upload-defer-length",
    "upload-metadata",
    "upload-concat",
    "content-type",
    "history-sync-expires-in",
    "history-sync-once",
    "x-http-method-override",
    "x-forwarded-for",
  ];
  const values = [
    () => "1",
    () => "0",
    () => "-1",
    () => "99999999999999999999",
    () => "1.0.0",
    () => "bytes=0-1",
    () => "bytes=5-",
    () => "bytes=-0,9-",
    () => "application/offset+octet-stream",
    () => "Bearer x",
    () => `"${"0".repeat(64)}"`,
    () => "partial",
    () => encodeURIComponent(noise()),
    () => "",
  ];
  const counts = new Map<number, number>();
  const one = async () => {
    const method = pick(methods);
    const headers: Record<string, string> = {};
    if (byte() < 160) headers["tus-resumable"] = "1.0.0";
    for (let i = byte() % 4; i > 0; i--) headers[pick(names)] = pick(values)();
    const hasBody = method !== "GET" && method !== "HEAD" && byte() < 128;
    const body = hasBody ? { body: random(byte()) } : {};
    const path = pick(paths)();
    const answer = await fetch(server.url + path, { method, headers, ...body });
    await answer.arrayBuffer();
    counts.set(answer.status, (counts.get(answer.status) ?? 0) + 1);
  };
  for (let i = 0; i < count; i += 8) {
    await Promise.all(Array.from({ length: 8 }, one));
  }
  return counts;
}
