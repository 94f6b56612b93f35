import {
  defaultMaxBytes,
  isBlobId,
  maxBytesHeader,
} from "@history-sync/history-client/contract";
import {
  type Clock,
  type Logger,
  type RandomBytes,
  silent,
  systemClock,
  systemRandomBytes,
} from "@history-sync/primitives";
import { answer, preflightHeaders } from "./answers.js";
import type { BlobStore } from "./blob-store.js";
import type { Context, Peer, Resource } from "./context.js";
import { HistoryServerError, type HistoryServerErrorCode } from "./errors.js";
import {
  type AddressLimitOptions,
  addressLimits,
} from "./guard/address-limits.js";
import { type Space, totalSpace } from "./guard/space.js";
import { defaultTtlMs } from "./limits.js";
import { fileResource } from "./resources/files.js";
import { health, readiness } from "./resources/health.js";
import { tusOptions, tusResource, tusUploadResource } from "./resources/tus.js";
import { upload } from "./resources/upload.js";
import type { ResumableUploads } from "./resumable-uploads.js";

/** The stores and the limits of a history server. */
export interface HistoryServerOptions extends AddressLimitOptions {
  readonly blobs: BlobStore;
  /** Uploads in pieces at `/tus`; there are none where absent. */
  readonly resumable?: ResumableUploads | undefined;
  /** Of one upload; `defaultMaxBytes` where absent. */
  readonly maxBytes?: number | undefined;
  /** How long a blob can be read at most; `defaultTtlMs` where absent. */
  readonly ttlMs?: number | undefined;
  /** The quota of all blobs together; no limit where absent. */
  readonly space?: Space | undefined;
  /** 32 bytes or more: then only bearers of a token of `mintUploadToken` can upload. Anyone can where absent. */
  readonly uploadTokenSecret?: Uint8Array | undefined;
  readonly clock?: Clock | undefined;
  readonly randomBytes?: RandomBytes | undefined;
  /**
   * Events: `upload-begun`, `upload-stored`, `blob-served`, `blob-taken`, `blob-deleted`, `blob-expired`, `request-refused`,
   * `request-failed`; ids only as a prefix, no addresses.
   */
  readonly log?: Logger | undefined;
}

/** Answers one request; never rejects. Without a peer, all requests count as one address's. */
export type HistoryServerHandler = (
  request: Request,
  peer?: Peer,
) => Promise<Response>;

/**
 * XMTP's history server as a web handler: `POST /upload`, `GET /files/{id}`, `GET /`, with deletion, ranges, and uploads
 * in pieces added. The contract is PROTOCOL.md.
 *
 * It never opens what it stores. Expired blobs are not served; their room comes back by `blobs.sweep`,
 * which `serve` of `./node` calls on a timer.
 *
 * @example
 * ```ts
 * import { historyServer } from "@history-sync/history-server";
 * import { memoryBlobStore } from "@history-sync/history-server/memory";
 *
 * const handle = historyServer({ blobs: memoryBlobStore(), maxBytes: 1_000_000 });
 * const answer = await handle(new Request("https://history.example.org/"));
 * console.log(answer.status);
 * ```
 */
export function historyServer(
  options: HistoryServerOptions,
): HistoryServerHandler {
  const { clock = systemClock } = options;
  const context: Context = {
    blobs: options.blobs,
    resumable: options.resumable,
    maxBytes: options.maxBytes ?? defaultMaxBytes,
    ttlMs: options.ttlMs ?? defaultTtlMs,
    limits: addressLimits(options, clock),
    space: options.space ?? totalSpace(),
    uploadTokenSecret: options.uploadTokenSecret,
    clock,
    randomBytes: options.randomBytes ?? systemRandomBytes,
    log: options.log ?? silent,
  };
  return async (request, peer = { address: "unknown" }) => {
    try {
      return await route(request, context, peer);
    } catch (error) {
      return refusal(request, error, context);
    }
  };
}

async function route(
  request: Request,
  context: Context,
  peer: Peer,
): Promise<Response> {
  const { pathname, search } = new URL(request.url);
  // Health is asked for by machines that must not run into a limit.
  if (pathname !== "/healthz") context.limits.request(peer.address);
  if (search !== "") {
    throw new HistoryServerError(
      "invalid-request",
      "no query is taken: keys never belong in a URL",
    );
  }
  const resource = resourceAt(pathname, context);
  if (!resource) return answer(404);
  const allow = [...Object.keys(resource), "OPTIONS"].join(", ");
  if (request.method === "OPTIONS") {
    const { resumable } = context;
    return resumable && pathname.startsWith("/tus")
      ? tusOptions(resumable, request, allow)
      : answer(204, "", {
          ...preflightHeaders(allow),
          [maxBytesHeader]: `${context.maxBytes}`,
        });
  }
  const run = Object.hasOwn(resource, request.method)
    ? resource[request.method]
    : undefined;
  return run ? run(request, context, peer) : answer(405, "", { allow });
}

function resourceAt(
  pathname: string,
  { resumable }: Context,
): Resource | undefined {
  if (pathname === "/") return health;
  if (pathname === "/healthz") return readiness;
  if (pathname === "/upload") return { POST: upload };
  if (pathname === "/tus") return resumable && tusResource(resumable);
  const [root, collection, id = "", ...more] = pathname.split("/", 4);
  if (root !== "" || more.length > 0 || !isBlobId(id)) return undefined;
  if (collection === "files") return fileResource(id);
  if (collection === "tus")
    return resumable && tusUploadResource(resumable, id);
  return undefined;
}

const statusOfCode: Partial<Record<HistoryServerErrorCode, number>> = {
  "empty-blob": 400,
  "invalid-request": 400,
  "upload-broken": 400,
  unauthorized: 401,
  "blob-too-large": 413,
  "rate-limited": 429,
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
    log("request-refused", { reason: known?.code ?? "aborted" });
    const text = known ? `${known.message}\n` : "";
    return answer(status ?? 400, text, headersOfRefusal(status, maxBytes));
  }
  log("request-failed", { reason: known?.code ?? "unknown" });
  return answer(503, "", { "retry-after": "10" });
}

function headersOfRefusal(
  status: number | undefined,
  maxBytes: number,
): Record<string, string> {
  if (status === 401) return { "www-authenticate": "Bearer" };
  if (status === 413) return { [maxBytesHeader]: `${maxBytes}` };
  return status === 429 || status === 507 ? { "retry-after": "10" } : {};
}
