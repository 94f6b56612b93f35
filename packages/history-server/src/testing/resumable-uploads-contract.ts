import { newSha256 } from "@history-sync/history-client/contract";
import { type Clock, equalBytes } from "@history-sync/primitives";
import { describe, expect, test } from "vitest";
import type { BlobStore } from "../blob-store.js";
import { type Space, totalSpace } from "../guard/space.js";
import { mintUploadToken } from "../guard/upload-token.js";
import { type HistoryServerHandler, historyServer } from "../handler.js";
import { defaultUnfinishedTtlMs } from "../limits.js";
import type { ResumableUploads } from "../resumable-uploads.js";

/** An open store for uploads in pieces for the contract tests, with the blob store that it fills. */
export interface ResumableUploadsUnderTest {
  readonly blobs: BlobStore;
  /** Takes 20 MB an upload, and has `defaultUnfinishedTtlMs`. */
  readonly resumable: ResumableUploads;
  close(): Promise<void>;
}

type Fields = Readonly<Record<string, string>>;

const base = "http://localhost";
const version = { "tus-resumable": "1.0.0" };
const maxBytes = 20_000_000;
const secret = new Uint8Array(32).fill(9);

interface Uploader {
  readonly space: Space;
  /** Sends a request of tus; `path` is an answer's `location`. */
  send(
    method: string,
    path: string,
    headers?: Fields,
    body?: Uint8Array,
  ): Promise<Response>;
  /** Creates an upload and gives its `location`. */
  create(headers: Fields): Promise<string>;
  /** Appends at an offset. */
  append(
    path: string,
    offset: number,
    bytes: Uint8Array,
    headers?: Fields,
  ): Promise<Response>;
  /** A finished part of these bytes. */
  part(bytes: Uint8Array, headers?: Fields): Promise<string>;
  join(parts: readonly string[], headers?: Fields): Promise<Response>;
  /** The blob of an upload, or undefined where there is none. */
  blob(path: string): Promise<Uint8Array | undefined>;
}

/**
 * What every `ResumableUploads` has to do, as vitest tests that speak tus 1.0 to a handler. `open` makes an empty store that
 * reads the time from `clock`, which runs with the system's.
 */
export function resumableUploadsContract(
  name: string,
  open: (clock: Clock) => Promise<ResumableUploadsUnderTest>,
): void {
  describe(`${name} is a ResumableUploads`, () => {
    const withUploads =
      (
        story: (
          uploader: Uploader,
          store: ResumableUploadsUnderTest,
          pass: (ms: number) => void,
        ) => Promise<void>,
        options: { readonly asksForTokens?: boolean } = {},
      ) =>
      async (): Promise<void> => {
        let passedMs = 0;
        const clock: Clock = {
          nowMs: () => Date.now() + passedMs,
          sleep: () => Promise.resolve(),
        };
        const store = await open(clock);
        const space = totalSpace(50_000_000);
        const handle = historyServer({
          ...store,
          space,
          maxBytes,
          uploadTokenSecret: options.asksForTokens ? secret : undefined,
        });
        try {
          await story(uploaderOf(handle, space), store, (ms) => {
            passedMs += ms;
          });
        } finally {
          await store.close();
        }
      };

    test(
      "says what it can do",
      withUploads(async ({ send }) => {
        const { headers } = await send("OPTIONS", "tus");
        expect(headers.get("tus-version")).toBe("1.0.0");
        const extensions = headers.get("tus-extension")?.split(",").sort();
        expect(extensions).toEqual([
          "checksum",
          "concatenation",
          "creation",
          "creation-defer-length",
          "expiration",
          "termination",
        ]);
        const algorithms = headers.get("tus-checksum-algorithm");
        expect(algorithms).toBe("sha256,sha1");
      }),
    );

    test(
      "gathers pieces, tells the offset, and makes a blob of the last one",
      withUploads(async ({ create, append, send, blob }) => {
        const upload = await create({ "upload-length": "5000" });
        const bytes = pattern(5000, 1);
        const first = await append(upload, 0, bytes.subarray(0, 3000));
        expect(first.headers.get("upload-offset")).toBe("3000");
        expect(first.headers.has("etag")).toBe(false);
        const head = await send("HEAD", upload);
        expect(head.headers.get("upload-offset")).toBe("3000");
        expect(head.headers.get("upload-length")).toBe("5000");
        expect(head.headers.has("upload-concat")).toBe(false);
        expect((await append(upload, 2999, bytes)).status).toBe(409);
        expect(await blob(upload)).toBeUndefined();
        const last = await append(upload, 3000, bytes.subarray(3000));
        expect(last.headers.get("etag")).toBe(`"${sha256Of(bytes)}"`);
        expect(isBlob(await blob(upload), bytes)).toBe(true);
      }),
    );

    test(
      "joins parts in the order given, whatever the order of their coming",
      withUploads(async ({ part, create, append, join, send, blob }) => {
        const pieces = [pattern(6_000_000, 1), pattern(70_000, 2)] as const;
        const slow = await create({
          "upload-concat": "partial",
          "upload-length": `${pieces[0].length}`,
        });
        const second = await part(pieces[1]);
        const rest = pieces[0].subarray(5_500_000);
        await append(slow, 0, pieces[0].subarray(0, 5_500_000));
        const head = await send("HEAD", slow);
        expect(head.headers.get("upload-concat")).toBe("partial");
        expect(head.headers.get("upload-offset")).toBe("5500000");
        expect((await join([slow, second])).status).toBe(400);
        const finished = await append(slow, 5_500_000, rest);
        expect(finished.status).toBe(204);
        expect(await blob(slow)).toBeUndefined();

        const joined = await join([slow, second], { "history-sync-once": "1" });
        expect(joined.status).toBe(201);
        const whole = new Uint8Array(6_070_000);
        whole.set(pieces[0]);
        whole.set(pieces[1], pieces[0].length);
        expect(joined.headers.get("etag")).toBe(`"${sha256Of(whole)}"`);
        const token = joined.headers.get("history-sync-deletion-token");
        expect(token).toMatch(/^[0-9a-f]{32}$/);
        const final = joined.headers.get("location") ?? "";
        const told = await send("HEAD", final);
        expect(told.headers.get("upload-offset")).toBe("6070000");
        expect(told.headers.get("upload-length")).toBe("6070000");
        const concat = `final;/${slow} /${second}`;
        expect(told.headers.get("upload-concat")).toBe(concat);
        expect((await append(final, 6_070_000, rest)).status).toBe(403);
        expect((await send("DELETE", final)).status).toBe(404);
        expect(isBlob(await blob(final), whole)).toBe(true);
        expect(await blob(final)).toBeUndefined();
      }),
    );

    test(
      "lets go of parts that are joined, and joins none twice",
      withUploads(async ({ part, join, send, space }) => {
        const parts = [await part(pattern(100, 1)), await part(pattern(50, 2))];
        expect(space.usedBytes()).toBe(150);
        expect((await join([...parts, ...parts])).status).toBe(400);
        const both = await Promise.all([join(parts), join(parts)]);
        const statuses = both.map(({ status }) => status).sort();
        expect(statuses).toEqual([201, 400]);
        expect(space.usedBytes()).toBe(150);
        for (const path of parts) {
          expect([404, 410]).toContain((await send("HEAD", path)).status);
        }
        expect((await join(parts)).status).toBe(400);
      }),
    );

    test(
      "joins nothing but finished parts",
      withUploads(async ({ part, create, append, join, blob, send }) => {
        const good = await part(pattern(10, 1));
        const whole = await create({ "upload-length": "10" });
        expect((await join([good, whole])).status).toBe(400);
        await append(whole, 0, pattern(10, 2));
        const unknown = "tus/0123456789abcdef0123456789abcdef";
        for (const bad of [whole, unknown, "tus/../etc/passwd", "x", "tus/"]) {
          expect((await join([good, bad])).status).toBe(400);
        }
        const many = Array.from({ length: 33 }, () => good);
        expect((await join(many)).status).toBe(400);
        const tooMuch = { "upload-length": "20" };
        expect((await join([good], tooMuch)).status).toBe(400);
        for (const concat of ["final;", "final; ", "final", "Partial", "x"]) {
          const headers = { "upload-concat": concat };
          expect((await send("POST", "tus", headers)).status).toBe(400);
        }
        expect(await blob(whole)).toHaveLength(10);
        expect((await join([good])).status).toBe(201);
      }),
    );

    test(
      "holds the limits before it copies anything, and keeps the parts",
      withUploads(async ({ part, join, send, space }) => {
        const parts: string[] = [];
        for (let i = 0; i < 3; i++) {
          parts.push(await part(pattern(8_000_000, i)));
        }
        expect((await join(parts)).status).toBe(413);
        const room = space.open();
        room.take(20_000_000);
        expect((await join(parts.slice(1))).status).toBe(507);
        expect(space.usedBytes()).toBe(44_000_000);
        room.giveBack();
        for (const path of parts) {
          const { headers } = await send("HEAD", path);
          expect(headers.get("upload-offset")).toBe("8000000");
        }
        expect((await join(parts.slice(1))).status).toBe(201);
      }),
    );

    test(
      "joins parts only for the upload token that they were begun with",
      withUploads(
        async ({ part, join, send }) => {
          const bearer = async (maxBytes: number) => {
            const grant = { maxBytes, expiresAtMs: Date.now() + 60_000 };
            const token = await mintUploadToken(secret, grant);
            return { authorization: `Bearer ${token}` };
          };
          const [ours, theirs] = [await bearer(1000), await bearer(1001)];
          const parts = [
            await part(pattern(600, 1), ours),
            await part(pattern(400, 2), ours),
          ];
          const more = await part(pattern(1, 3), ours);
          expect((await join(parts)).status).toBe(401);
          expect((await join(parts, theirs)).status).toBe(400);
          expect((await join([...parts, more], ours)).status).toBe(413);
          expect((await join(parts, ours)).status).toBe(201);
          expect((await send("HEAD", more)).status).toBe(200);
        },
        { asksForTokens: true },
      ),
    );

    test(
      "ends parts when their uploader does, or when nobody joined them in time",
      withUploads(async ({ part, join, send }, { resumable }, pass) => {
        const [ended, forgotten] = [
          await part(pattern(10, 1)),
          await part(pattern(10, 2)),
        ];
        expect((await send("DELETE", ended)).status).toBe(204);
        expect((await send("HEAD", ended)).status).toBe(404);
        expect((await resumable.sweep()).deleted).toBe(0);
        expect((await send("HEAD", forgotten)).status).toBe(200);
        pass(defaultUnfinishedTtlMs + 10_000);
        expect((await resumable.sweep()).deleted).toBe(1);
        expect((await send("HEAD", forgotten)).status).toBe(404);
        expect((await join([forgotten])).status).toBe(400);
      }),
    );

    test(
      "takes a piece with a checksum as a whole, or not at all",
      withUploads(async ({ create, append, send, blob, space }) => {
        const bytes = pattern(9_000_000, 1);
        const upload = await create({ "upload-length": `${bytes.length}` });
        const first = bytes.subarray(0, 8_500_000);
        const checksum = await checksumOf("sha256", first);
        const wrong = first.slice();
        wrong[8_400_000] = 255;
        expect((await append(upload, 0, wrong, checksum)).status).toBe(460);
        const offset = async () =>
          (await send("HEAD", upload)).headers.get("upload-offset");
        expect(await offset()).toBe("0");
        expect(space.usedBytes()).toBe(0);
        for (const value of ["md5 1B2M2Y8AsgTpgAmY7PhCfg==", "sha256", "x y"]) {
          const headers = { "upload-checksum": value };
          expect((await append(upload, 0, first, headers)).status).toBe(400);
        }
        expect((await append(upload, 0, first, checksum)).status).toBe(204);
        expect(await offset()).toBe("8500000");
        const rest = bytes.subarray(first.length);
        const sha1 = await checksumOf("sha1", rest);
        expect((await append(upload, first.length, rest, sha1)).status).toBe(
          204,
        );
        expect(isBlob(await blob(upload), bytes)).toBe(true);
        expect(space.usedBytes()).toBe(bytes.length);
      }),
    );
  });
}

function uploaderOf(handle: HistoryServerHandler, space: Space): Uploader {
  const send: Uploader["send"] = (method, path, headers = {}, body) =>
    handle(
      new Request(`${base}/${path}`, {
        method,
        headers: { ...version, ...headers },
        ...(body && { body: body as Uint8Array<ArrayBuffer> }),
      }),
    );
  const create: Uploader["create"] = async (headers) => {
    const answer = await send("POST", "tus", headers);
    expect(answer.status).toBe(201);
    return answer.headers.get("location") ?? "";
  };
  const append: Uploader["append"] = (path, offset, bytes, headers = {}) =>
    send(
      "PATCH",
      path,
      {
        "content-type": "application/offset+octet-stream",
        "upload-offset": `${offset}`,
        ...headers,
      },
      bytes,
    );
  return {
    space,
    send,
    create,
    append,
    async part(bytes, headers = {}) {
      const path = await create({
        "upload-concat": "partial",
        "upload-length": `${bytes.length}`,
        ...headers,
      });
      expect((await append(path, 0, bytes)).status).toBe(204);
      return path;
    },
    join(parts, headers = {}) {
      const addresses = parts.map((path) => `/${path}`).join(" ");
      const concat = { "upload-concat": `final;${addresses}` };
      return send("POST", "tus", { ...concat, ...headers });
    },
    async blob(path) {
      const answer = await handle(
        new Request(`${base}/${path.replace("tus/", "files/")}`),
      );
      return answer.status === 200
        ? new Uint8Array(await answer.arrayBuffer())
        : undefined;
    },
  };
}

/** Vitest's own comparison of this many bytes takes seconds. */
function isBlob(found: Uint8Array | undefined, bytes: Uint8Array): boolean {
  return found !== undefined && equalBytes(found, bytes);
}

function pattern(length: number, seed: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  for (let i = 0; i < length; i++) bytes[i] = (i * 31 + seed) & 0x7f;
  return bytes;
}

function sha256Of(bytes: Uint8Array): string {
  const hash = newSha256();
  hash.update(bytes);
  return hash.digest();
}

async function checksumOf(
  algorithm: "sha1" | "sha256",
  bytes: Uint8Array<ArrayBuffer>,
): Promise<Fields> {
  const name = algorithm === "sha1" ? "SHA-1" : "SHA-256";
  const hash = new Uint8Array(await crypto.subtle.digest(name, bytes));
  const base64 = btoa(String.fromCharCode(...hash));
  return { "upload-checksum": `${algorithm} ${base64}` };
}
