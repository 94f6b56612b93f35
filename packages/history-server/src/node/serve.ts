import { createServer, type Server } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import {
  defaultIdleTimeoutMs,
  defaultMaxBytes,
  defaultTransferTimeoutMs,
} from "@history-sync/history-client/contract";
import { type Logger, silent, systemClock } from "@history-sync/primitives";
import {
  drain,
  listen,
  type TlsFiles,
  urlOf,
} from "@history-sync/server-kit/node";
import type { BlobStore } from "../blob-store.js";
import { totalSpace } from "../guard/space.js";
import { type HistoryServerOptions, historyServer } from "../handler.js";
import { defaultPort } from "../limits.js";
import type { ResumableUploads } from "../resumable-uploads.js";
import { type Exchanging, exchange, type MetricsAudience } from "./exchange.js";
import { fileBlobStore } from "./file-blob-store.js";
import { serverMetrics } from "./metrics.js";
import { sweepUntilStopped } from "./sweeping.js";
import { fileTusUploads } from "./tus/file-tus-uploads.js";

/** 20 seconds for all headers of a request: they are one packet. */
export const defaultHeadersTimeoutMs = 20_000;
/** Every 4 hours, as XMTP's server. */
export const defaultSweepEveryMs: number = 4 * 3_600_000;
/** 30 seconds for running transfers when the server is closed. */
export const defaultCloseGraceMs = 30_000;

/** The address, TLS files and limits of a history server. */
export interface ServeSettings
  extends Omit<HistoryServerOptions, "blobs" | "resumable"> {
  /** `defaultPort` where absent; 0 takes any free one. */
  readonly port?: number;
  /** 127.0.0.1 where absent: to serve others is a decision. */
  readonly host?: string;
  /** PEM; plain http where absent. */
  readonly tls?: TlsFiles | undefined;
  /** How many proxies in front are trusted to tell the client's address in `x-forwarded-for`; 0 where absent. */
  readonly proxyHops?: number;
  /** The clients that may read `/metrics`. Default: `local`. */
  readonly metricsFor?: MetricsAudience;
  readonly headersTimeoutMs?: number;
  /** For a connection on which nothing moves. */
  readonly idleTimeoutMs?: number;
  /** For one request to come in whole. */
  readonly requestTimeoutMs?: number;
  readonly sweepEveryMs?: number;
  readonly closeGraceMs?: number;
}

/** Files in a folder, or any other store, with uploads in pieces where `resumable` is given. */
export type ServeOptions = ServeSettings &
  (
    | { readonly folder: string; readonly unfinishedTtlMs?: number | undefined }
    | { readonly blobs: BlobStore; readonly resumable?: ResumableUploads }
  );

/** A history server that accepts connections. Close it, or declare it with `await using`. */
export interface RunningServer {
  /** `http://host:port` or `https://host:port`, what clients are given as the server's address. */
  readonly url: string;
  readonly port: number;
  /** Takes no new connection, lets running transfers end within `closeGraceMs`, then cuts them. Idempotent. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Runs the history server on node:http. Rejects with Node's own error when it can't listen.
 *
 * @example
 * ```ts
 * import { serve } from "@history-sync/history-server/node";
 *
 * await using server = await serve({ folder: "./archives", port: 0 });
 * console.log(server.url);
 * ```
 */
export async function serve(options: ServeOptions): Promise<RunningServer> {
  const { clock = systemClock, space = totalSpace() } = options;
  const { host = "127.0.0.1", port = defaultPort } = options;
  const metrics = serverMetrics(space);
  const log = both(metrics.log, options.log ?? silent);
  const { blobs, resumable } = await storesOf(options);
  const handler = historyServer({ ...options, blobs, resumable, space, log });
  const { proxyHops = 0, metricsFor = "local" } = options;
  const server = nodeServer(options, {
    handler,
    metrics,
    metricsFor,
    proxyHops,
  });
  await listen(server, host, port);

  const stop = new AbortController();
  const everyMs = options.sweepEveryMs ?? defaultSweepEveryMs;
  const swept = { blobs, resumable, space, clock, everyMs, log };
  const sweeping = sweepUntilStopped(swept, stop.signal);
  let closing: Promise<void> | undefined;
  const close = () => {
    closing ??= (async () => {
      stop.abort();
      const graceMs = options.closeGraceMs ?? defaultCloseGraceMs;
      await drain(server, graceMs, () => server.closeAllConnections());
      await sweeping;
      log("server-closed");
    })();
    return closing;
  };
  const { port: bound } = server.address() as AddressInfo;
  return {
    url: urlOf(options.tls ? "https" : "http", host, bound),
    port: bound,
    close,
    [Symbol.asyncDispose]: close,
  };
}

async function storesOf(options: ServeOptions): Promise<{
  readonly blobs: BlobStore;
  readonly resumable: ResumableUploads | undefined;
}> {
  if ("blobs" in options) {
    return { blobs: options.blobs, resumable: options.resumable };
  }
  const { folder, clock, unfinishedTtlMs } = options;
  const { maxBytes = defaultMaxBytes } = options;
  const blobs = await fileBlobStore(folder, { clock });
  const resumable = await fileTusUploads({
    folder,
    blobs,
    maxBytes,
    unfinishedTtlMs,
    clock,
  });
  return { blobs, resumable };
}

function both(first: Logger, second: Logger): Logger {
  return (event, fields) => {
    first(event, fields);
    second(event, fields);
  };
}

function nodeServer(options: ServeSettings, exchanging: Exchanging): Server {
  const headersTimeout = options.headersTimeoutMs ?? defaultHeadersTimeoutMs;
  const requestTimeout = options.requestTimeoutMs ?? defaultTransferTimeoutMs;
  const timeouts = {
    headersTimeout: Math.min(headersTimeout, requestTimeout),
    requestTimeout,
    connectionsCheckingInterval: Math.min(headersTimeout, requestTimeout),
  };
  const server = options.tls
    ? createTlsServer({ ...timeouts, ...options.tls })
    : createServer(timeouts);
  server.setTimeout(options.idleTimeoutMs ?? defaultIdleTimeoutMs);
  server.on("request", (incoming, outgoing) => {
    // A kept-alive connection that falls idle while the server closes would hold it open.
    outgoing.once("close", () => {
      if (!server.listening) server.closeIdleConnections();
    });
    void exchange(incoming, outgoing, exchanging);
  });
  return server;
}
