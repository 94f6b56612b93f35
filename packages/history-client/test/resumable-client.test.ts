import { readAll, streamOf } from "@history-sync/primitives";
import { expect, test } from "vitest";
import { uploadPieceBytes } from "../src/contract/limits.js";
import { historyServerClient } from "../src/index.js";
import { etagOf, fakeTus, type Mishap } from "./fake-tus.js";

const base = "https://history.example.org";

const piece = uploadPieceBytes;
const archive = new Uint8Array(piece + 1000).map((_, i) => (i * 7) >> 3);
const etag = etagOf(archive);
const chunks = () => streamOf([archive.subarray(0, 14), archive.subarray(14)]);
const url = `${base}/files/0123456789abcdef0123456789abcdef`;

/** Vitest's own comparison of this many bytes takes seconds. */
function isArchive(bytes: Uint8Array): boolean {
  return (
    bytes.length === archive.length && bytes.every((b, i) => b === archive[i])
  );
}

function clientOf(send: typeof fetch, retries = 3) {
  return historyServerClient({ fetch: send, retries, retryDelayMs: 0 });
}

test("a large body goes in pieces, the last one with the length", async () => {
  const server = fakeTus();
  const progress: number[] = [];
  const { upload } = clientOf(server.fetch);
  const onProgress = (bytes: number) => progress.push(bytes);
  expect(await upload(base, chunks(), { onProgress })).toBe(url);
  expect(server.seen).toEqual([
    "POST tus",
    "PATCH tus 0",
    `PATCH tus ${piece}`,
  ]);
  expect(progress).toEqual([piece, archive.length]);
  expect(isArchive(server.stored())).toBe(true);
});

test("a body of whole pieces needs no empty one", async () => {
  const server = fakeTus();
  const { upload } = clientOf(server.fetch);
  const two = streamOf([archive.subarray(1000), archive.subarray(0, piece)]);
  await upload(base, two);
  expect(server.seen).toHaveLength(3);
  expect(server.stored()).toHaveLength(2 * piece);
});

test("onBegin is called for a small upload, too", async () => {
  const server = fakeTus();
  const { upload } = clientOf(server.fetch);
  const seenAtBegin: string[] = [];
  const onBegin = async (begun: { readonly url: string }) => {
    expect(begun.url).toBe(url);
    seenAtBegin.push(...server.seen);
  };
  const small = archive.subarray(0, 1000);
  expect(await upload(base, streamOf([small]), { onBegin })).toBe(url);
  expect(seenAtBegin).toEqual(["POST tus"]);
  expect(server.seen).toEqual(["POST tus", "PATCH tus 0"]);
  expect(server.stored()).toEqual(small);
});

test("after any break it asks where the server is, and goes on there", async () => {
  const table: readonly (readonly [string, Mishap])[] = [
    ["lost before", (_, count) => (count === 2 ? "no connection" : undefined)],
    ["lost after", (_, count) => (count === 2 ? "answer lost" : undefined)],
    ["last lost", (_, count) => (count === 3 ? "answer lost" : undefined)],
    ["busy", (_, count) => (count === 3 ? { status: 423 } : undefined)],
    ["down", (_, count) => (count === 2 ? { status: 503 } : undefined)],
    [
      "thrice",
      (_, count) => (count > 2 && count < 6 ? { status: 503 } : undefined),
    ],
    [
      "every second",
      (_, count) => (count > 1 && count % 2 ? "answer lost" : undefined),
    ],
  ];
  for (const [name, mishap] of table) {
    const server = fakeTus(mishap);
    const { upload } = clientOf(server.fetch);
    expect(await upload(base, chunks()), name).toBe(url);
    expect(isArchive(server.stored()), name).toBe(true);
    expect(server.seen, name).toContain("HEAD tus");
  }
});

test("tries have an end, and what is no use isn't tried again", async () => {
  const table = [
    [{ status: 503 }, "unavailable", 5],
    ["no connection", "unreachable", 5],
    [{ status: 413 }, "blob-too-large", 2],
    [{ status: 404 }, "upload-lost", 2],
    [{ status: 400 }, "rejected", 2],
  ] as const;
  for (const [kind, code, requests] of table) {
    const server = fakeTus(({ method }) =>
      method === "POST" ? undefined : kind,
    );
    const { upload } = clientOf(server.fetch);
    await expect(upload(base, chunks()), code).rejects.toMatchObject({ code });
    expect(server.seen, code).toHaveLength(requests);
  }
});

test("t11: a server that never gets on doesn't keep the client for ever", async () => {
  const answers = [
    { headers: { "upload-offset": "0" }, code: "unavailable" },
    {
      headers: { "upload-offset": `${archive.length}`, "upload-length": "1" },
      code: "bad-answer",
    },
    { headers: { "upload-offset": "x" }, code: "bad-answer" },
  ];
  for (const { headers, code } of answers) {
    const server = fakeTus();
    const stuck: typeof fetch = async (input, init) => {
      const response = await server.fetch(input, init);
      const isCreation = response.status === 201;
      return isCreation ? response : new Response(null, { headers });
    };
    await expect(clientOf(stuck).upload(base, chunks())).rejects.toMatchObject({
      code,
    });
    expect(server.seen.length).toBeLessThan(12);
  }
});

test("other bytes on the server than were sent are found", async () => {
  const server = fakeTus();
  const changing: typeof fetch = async (input, init) => {
    const response = await server.fetch(input, init);
    if (response.headers.has("etag")) {
      response.headers.set("etag", `"${"0".repeat(64)}"`);
    }
    return response;
  };
  await expect(clientOf(changing).upload(base, chunks())).rejects.toMatchObject(
    { code: "corrupted", retryable: true },
  );
});

test("a server without tus gets the whole in one request, by whatever it says so", async () => {
  for (const status of [200, 404, 405, 501]) {
    const seen: string[] = [];
    let received = new Uint8Array();
    const plain: typeof fetch = async (input, init) => {
      const request = new Request(input, init);
      seen.push(new URL(request.url).pathname);
      if (seen.length === 1) return new Response(null, { status });
      received = new Uint8Array(await request.arrayBuffer());
      return new Response(url.slice(-32));
    };
    expect(await clientOf(plain).upload(base, chunks())).toBe(url);
    expect(seen).toEqual(["/tus", "/upload"]);
    expect(isArchive(received)).toBe(true);
  }
});

test("t10: a handle that leads elsewhere is refused, and a location can't lead there", async () => {
  const server = fakeTus();
  const client = historyServerClient({
    fetch: server.fetch,
    origins: [base],
    retryDelayMs: 0,
  });
  const begun = await client.createUpload(base);
  if (!begun) throw new TypeError("expected tus");
  expect(begun.uploadUrl).toBe(url.replace("files", "tus"));
  for (const uploadUrl of [
    begun.uploadUrl.replace("example.org", "evil.example"),
    begun.url,
    `${begun.uploadUrl}?x`,
    `${base}/tus/short`,
  ]) {
    const evil = { ...begun, uploadUrl };
    await expect(client.resumeUpload(evil, chunks())).rejects.toMatchObject({
      code: "refused-url",
    });
  }
  const elsewhere: typeof fetch = async () =>
    new Response(null, {
      status: 201,
      headers: {
        location: `https://evil.example/tus/${"a".repeat(32)}`,
        "tus-resumable": "1.0.0",
      },
    });
  const handle = await clientOf(elsewhere).createUpload(base);
  expect(handle?.uploadUrl).toBe(`${base}/tus/${"a".repeat(32)}`);
});

/** A server of one blob that breaks each answer after some bytes. */
function breakingServer(
  breakAfter: number,
  change: (part: Response) => Response,
) {
  const ranges: (string | null)[] = [];
  const send: typeof fetch = async (input, init) => {
    const { headers } = new Request(input, init);
    const range = headers.get("range");
    ranges.push(range);
    const at = Number(/\d+/.exec(range ?? "0")?.[0]);
    const body = new ReadableStream<Uint8Array<ArrayBuffer>>({
      start: (controller) =>
        controller.enqueue(archive.slice(at, at + breakAfter)),
      pull(controller) {
        if (at + breakAfter >= archive.length) controller.close();
        else controller.error(new TypeError("terminated"));
      },
    });
    const whole = new Response(body, {
      status: range === null ? 200 : 206,
      headers: {
        etag,
        "content-range": `bytes ${at}-${archive.length - 1}/${archive.length}`,
      },
    });
    return range === null ? whole : change(whole);
  };
  return { send, ranges };
}

test("a download that breaks goes on behind what came, bounded", async () => {
  const server = breakingServer(3_000_000, (part) => part);
  const body = await clientOf(server.send).download(url);
  expect(isArchive(await readAll(body))).toBe(true);
  expect(server.ranges).toEqual([null, "bytes=3000000-", "bytes=6000000-"]);
  const stuck = breakingServer(
    3_000_000,
    () => new Response(null, { status: 503 }),
  );
  const stuckBody = await clientOf(stuck.send, 2).download(url);
  await expect(readAll(stuckBody)).rejects.toMatchObject({
    code: "unavailable",
    retryable: true,
  });
  expect(stuck.ranges).toHaveLength(3);
});

test("another blob, another part or other bytes behind a break are no continuation", async () => {
  const table = [
    [() => new Response(archive), "rejected"],
    [
      (part: Response) => new Response(part.body, { status: 206 }),
      "bad-answer",
    ],
    [() => new Response(null, { status: 404 }), "not-found"],
    [
      ({ headers }: Response) =>
        new Response(new Uint8Array(archive.length), { status: 206, headers }),
      "corrupted",
    ],
  ] as const;
  for (const [change, code] of table) {
    const { send } = breakingServer(3_000_000, change);
    const body = await clientOf(send, 1).download(url);
    await expect(readAll(body), code).rejects.toMatchObject({ code });
  }
});
