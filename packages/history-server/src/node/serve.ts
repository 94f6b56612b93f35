import {
  createServer,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from "node:http";
import type { AddressInfo } from "node:net";
import { silent, systemClock } from "@history-sync/primitives";
import type { BlobStore } from "../blob-store.js";
import {
  type HistoryServerHandler,
  type HistoryServerOptions,
  historyServer,
} from "../handler.js";
import {
  defaultIdleTimeoutMs,
  defaultPort,
  defaultTransferTimeoutMs,
  defaultTtlMs,
} from "../limits.js";
import { fileBlobStore } from "./file-blob-store.js";
import { sendWebResponse, webRequest } from "./web-exchange.js";

/** 20 seconds for all headers of a request: they are one packet. */
export const defaultHeadersTimeoutMs = 20_000;
/** Every 4 hours, as XMTP's server. */
export const defaultSweepEveryMs: number = 4 * 3_600_000;
/** 30 seconds for running transfers when the server is closed. */
export const defaultCloseGraceMs = 30_000;

/** How long the rest of a refused upload is still read, so that the uploader sees the refusal and not a broken pipe. */
const lingerMs = 2_000;

export interface ServeSettings extends Omit<HistoryServerOptions, "blobs"> {
  /** `defaultPort` where absent; 0 takes any free one. */
  readonly port?: number;
  /** 127.0.0.1 where absent: to serve others is a decision. */
  readonly host?: string;
  readonly headersTimeoutMs?: number;
  /** For a connection on which nothing moves. */
  readonly idleTimeoutMs?: number;
  /** For one request to come in whole. */
  readonly requestTimeoutMs?: number;
  readonly sweepEveryMs?: number;
  readonly closeGraceMs?: number;
}

/** Files in a folder, or any other store. */
export type ServeOptions = ServeSettings &
  ({ readonly folder: string } | { readonly blobs: BlobStore });

export interface RunningServer {
  /** `http://host:port`, what clients are given as the server's address. */
  readonly url: string;
  readonly port: number;
  /** Takes no new connection, lets running transfers end within `closeGraceMs`, then cuts them. Idempotent. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Runs the history server on node:http. Rejects with Node's own error when it can't listen. */
export async function serve(options: ServeOptions): Promise<RunningServer> {
  const { clock = systemClock, log = silent } = options;
  const { host = "127.0.0.1", port = defaultPort } = options;
  const blobs =
    "blobs" in options
      ? options.blobs
      : await fileBlobStore(options.folder, { clock });
  const server = nodeServer(historyServer({ ...options, blobs }), options);
  await listen(server, host, port);

  const stop = new AbortController();
  const sweeping = sweepUntilStopped(blobs, options, stop.signal);
  let closing: Promise<void> | undefined;
  const close = () => {
    closing ??= (async () => {
      stop.abort();
      await closeServer(server, options.closeGraceMs ?? defaultCloseGraceMs);
      await sweeping;
      log("server-closed");
    })();
    return closing;
  };
  const bound = server.address() as AddressInfo;
  const shownHost = host.includes(":") ? `[${host}]` : host;
  return {
    url: `http://${shownHost}:${bound.port}`,
    port: bound.port,
    close,
    [Symbol.asyncDispose]: close,
  };
}

function nodeServer(
  handler: HistoryServerHandler,
  options: ServeSettings,
): Server {
  const headersTimeout = options.headersTimeoutMs ?? defaultHeadersTimeoutMs;
  const requestTimeout = options.requestTimeoutMs ?? defaultTransferTimeoutMs;
  const server = createServer({
    headersTimeout: Math.min(headersTimeout, requestTimeout),
    requestTimeout,
    connectionsCheckingInterval: Math.min(headersTimeout, requestTimeout),
  });
  server.setTimeout(options.idleTimeoutMs ?? defaultIdleTimeoutMs);
  server.on("request", (incoming, outgoing) => {
    // A kept-alive connection that falls idle while the server closes would hold it open.
    outgoing.once("close", () => {
      if (!server.listening) server.closeIdleConnections();
    });
    void exchange(incoming, outgoing, handler);
  });
  return server;
}

async function exchange(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  handler: HistoryServerHandler,
): Promise<void> {
  const gone = new AbortController();
  outgoing.once("close", () => gone.abort());
  const request = webRequest(incoming, gone.signal);
  const response = request
    ? await handler(request)
    : new Response(null, { status: 400 });
  if (!incoming.complete) dropRest(incoming, outgoing);
  // A failure here is a connection that is gone, or a body that broke: the pipeline has cut it, and nobody can be told.
  await sendWebResponse(response, outgoing).catch(() => outgoing.destroy());
}

/** Reads on for a moment after a refusal, so that the uploader sees it rather than a broken pipe, then hangs up. */
function dropRest(incoming: IncomingMessage, outgoing: ServerResponse): void {
  outgoing.once("finish", () => {
    incoming.resume();
    const hangUp = setTimeout(() => incoming.destroy(), lingerMs);
    incoming.once("close", () => clearTimeout(hangUp));
  });
}

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => {
      server.off("error", reject);
      resolve();
    });
  });
}

async function closeServer(server: Server, graceMs: number): Promise<void> {
  const cut = setTimeout(() => server.closeAllConnections(), graceMs);
  await new Promise<void>((resolve) => server.close(() => resolve()));
  clearTimeout(cut);
}

async function sweepUntilStopped(
  blobs: BlobStore,
  options: ServeSettings,
  stopped: AbortSignal,
): Promise<void> {
  const { clock = systemClock, log = silent } = options;
  const ttlMs = options.ttlMs ?? defaultTtlMs;
  while (!stopped.aborted) {
    try {
      log("swept", { blobs: await blobs.sweep(clock.nowMs() - ttlMs) });
    } catch {
      log("sweep-failed");
    }
    const everyMs = options.sweepEveryMs ?? defaultSweepEveryMs;
    await clock.sleep(everyMs, stopped).catch(() => {});
  }
}
