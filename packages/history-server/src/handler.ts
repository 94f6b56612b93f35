import {
  type Clock,
  type Logger,
  type RandomBytes,
  silent,
  systemClock,
  systemRandomBytes,
} from "@history-sync/primitives";
import { answer, blobAnswer, preflightAnswer } from "./answers.js";
import { type BlobId, idPrefix, isBlobId, newBlobId } from "./blob-id.js";
import type { BlobInfo, BlobStore } from "./blob-store.js";
import { byteRange } from "./byte-range.js";
import { HistoryServerError, type HistoryServerErrorCode } from "./errors.js";
import { defaultMaxBytes, defaultTtlMs } from "./limits.js";
import { emptyBody, tooLarge } from "./upload-body.js";

export interface HistoryServerOptions {
  readonly blobs: BlobStore;
  /** Of one upload; `defaultMaxBytes` where absent. */
  readonly maxBytes?: number;
  /** How long a blob can be read; `defaultTtlMs` where absent. */
  readonly ttlMs?: number;
  readonly clock?: Clock;
  readonly randomBytes?: RandomBytes;
  /**
   * Events: `upload-stored`, `upload-refused`, `blob-served`, `blob-expired`, `request-failed`; ids only as a prefix.
   */
  readonly log?: Logger;
}

/** Answers one request; never rejects. */
export type HistoryServerHandler = (request: Request) => Promise<Response>;

type Context = Required<HistoryServerOptions>;
type Route = (request: Request, context: Context) => Promise<Response>;
type Resource = Readonly<Record<string, Route>>;

const health: Resource = {
  GET: async () => answer(200),
  HEAD: async () => answer(200),
};
const uploads: Resource = { POST: upload };

/**
 * XMTP's history server as a web handler: `POST /upload`, `GET /files/{id}`, `GET /`. The contract is PROTOCOL.md.
 *
 * It never opens what it stores. Expired blobs are not served; their room comes back by `blobs.sweep`,
 * which `serve` of `./node` calls on a timer.
 */
export function historyServer(
  options: HistoryServerOptions,
): HistoryServerHandler {
  const context: Context = {
    maxBytes: defaultMaxBytes,
    ttlMs: defaultTtlMs,
    clock: systemClock,
    randomBytes: systemRandomBytes,
    log: silent,
    ...options,
  };
  return async (request) => {
    try {
      return await route(request, context);
    } catch (error) {
      return refusal(request, error, context);
    }
  };
}

async function route(request: Request, context: Context): Promise<Response> {
  const { pathname, search } = new URL(request.url);
  if (search !== "") {
    return answer(400, "no query is taken: keys never belong in a URL\n");
  }
  const resource = resourceAt(pathname);
  if (!resource) return answer(404);
  const allow = [...Object.keys(resource), "OPTIONS"].join(", ");
  if (request.method === "OPTIONS") return preflightAnswer(allow);
  const run = Object.hasOwn(resource, request.method)
    ? resource[request.method]
    : undefined;
  return run ? run(request, context) : answer(405, "", { allow });
}

function resourceAt(pathname: string): Resource | undefined {
  if (pathname === "/") return health;
  if (pathname === "/upload") return uploads;
  const [root, files, id = "", ...more] = pathname.split("/", 4);
  if (root !== "" || files !== "files" || more.length > 0) return undefined;
  if (!isBlobId(id)) return undefined;
  return {
    GET: (request, context) => download(id, request, context),
    HEAD: (_request, context) => describe(id, context),
  };
}

async function upload(request: Request, context: Context): Promise<Response> {
  const { blobs, maxBytes, randomBytes, log } = context;
  if (!request.body) throw emptyBody();
  // A declared length that is too large is refused before its bytes are read.
  if (Number(request.headers.get("content-length") ?? 0) > maxBytes) {
    throw tooLarge(maxBytes);
  }
  const id = newBlobId(randomBytes);
  const { signal } = request;
  const bytes = await blobs.write(id, request.body, { maxBytes, signal });
  log("upload-stored", { id: idPrefix(id), bytes });
  return answer(200, id);
}

async function describe(id: BlobId, context: Context): Promise<Response> {
  const info = await context.blobs.stat(id);
  if (!info || (await expired(id, info, context))) return answer(404);
  return blobAnswer(info, undefined, null);
}

async function download(
  id: BlobId,
  request: Request,
  context: Context,
): Promise<Response> {
  const { blobs, log } = context;
  const info = await blobs.stat(id);
  if (!info || (await expired(id, info, context))) return answer(404);
  // Without validators no If-Range can hold, so that the whole blob is served. RFC 9110 section 13.1.5.
  const header = request.headers.has("if-range")
    ? null
    : request.headers.get("range");
  const range = byteRange(header, info.size);
  if (range === "unsatisfiable") {
    return answer(416, "", { "content-range": `bytes */${info.size}` });
  }
  const blob = await blobs.read(id, range);
  if (!blob) return answer(404);
  log("blob-served", {
    id: idPrefix(id),
    bytes: range ? range.end - range.start : blob.size,
  });
  return blobAnswer(blob, range, blob.body);
}

async function expired(
  id: BlobId,
  { createdAtMs }: BlobInfo,
  { blobs, ttlMs, clock, log }: Context,
): Promise<boolean> {
  if (clock.nowMs() < createdAtMs + ttlMs) return false;
  await blobs.delete(id);
  log("blob-expired", { id: idPrefix(id) });
  return true;
}

const statusOfCode: Partial<Record<HistoryServerErrorCode, number>> = {
  "empty-blob": 400,
  "upload-broken": 400,
  "blob-too-large": 413,
  "storage-full": 507,
};

function refusal(
  request: Request,
  error: unknown,
  { maxBytes, log }: Context,
): Response {
  const known = error instanceof HistoryServerError ? error : undefined;
  const status = known && statusOfCode[known.code];
  if (request.signal.aborted || status !== undefined) {
    log("upload-refused", { reason: known?.code ?? "aborted" });
    return status === 413
      ? answer(413, `at most ${maxBytes} bytes\n`)
      : answer(status ?? 400);
  }
  log("request-failed", { reason: known?.code ?? "unknown" });
  return answer(503, "", { "retry-after": "10" });
}
