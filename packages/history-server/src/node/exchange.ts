import type { IncomingMessage, ServerResponse } from "node:http";
import { clientAddress, isLocal } from "@history-sync/server-kit/node";
import type { HistoryServerHandler } from "../handler.js";
import { type Metrics, resourceName } from "./metrics.js";
import { sendWebResponse, webRequest } from "./web-exchange.js";

/** How long the rest of a refused upload is still read, so that the uploader sees the refusal and not a broken pipe. */
const lingerMs = 2_000;

/** Made once: an abort without a reason makes one of its own, with a stack, for every request. */
const connectionGone: Error = new DOMException(
  "the connection is gone",
  "AbortError",
);

/** The clients that may read `/metrics`: none, those on this machine, or all. */
export type MetricsAudience = "off" | "local" | "any";

export interface Exchanging {
  readonly handler: HistoryServerHandler;
  readonly metrics: Metrics;
  readonly metricsFor: MetricsAudience;
  readonly proxyHops: number;
}

/** One request and its answer. */
export async function exchange(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  exchanging: Exchanging,
): Promise<void> {
  observe(incoming, outgoing, exchanging.metrics);
  const gone = new AbortController();
  outgoing.once("close", () => gone.abort(connectionGone));
  const response = await responseTo(incoming, exchanging, gone.signal);
  if (!incoming.complete) dropRest(incoming, outgoing);
  // A failure here is a connection that is gone, or a body that broke: nobody can be told.
  await sendWebResponse(response, outgoing).catch(() => outgoing.destroy());
}

async function responseTo(
  incoming: IncomingMessage,
  { handler, metrics, metricsFor, proxyHops }: Exchanging,
  gone: AbortSignal,
): Promise<Response> {
  const { method, url } = incoming;
  if (method === "GET" && url === "/metrics") {
    const allowed =
      metricsFor === "any" ||
      (metricsFor === "local" && isLocal(incoming, proxyHops));
    if (allowed) {
      const headers = { "content-type": metrics.contentType };
      return new Response(await metrics.text(), { headers });
    }
  }
  const request = webRequest(incoming, gone);
  if (!request) return new Response(null, { status: 400 });
  return await handler(request, {
    address: clientAddress(incoming, proxyHops),
  });
}

/** The socket's own counts: exact, and free of any stage in between. */
function observe(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  metrics: Metrics,
): void {
  const { socket, method = "", url } = incoming;
  const started = performance.now();
  const { bytesRead, bytesWritten } = socket;
  outgoing.once("close", () =>
    metrics.served({
      method,
      resource: resourceName(url),
      status: outgoing.headersSent ? outgoing.statusCode : 0,
      seconds: (performance.now() - started) / 1000,
      receivedBytes: socket.bytesRead - bytesRead,
      sentBytes: socket.bytesWritten - bytesWritten,
    }),
  );
}

/** Reads on for a moment after a refusal, so that the uploader sees it rather than a broken pipe, then hangs up. */
function dropRest(incoming: IncomingMessage, outgoing: ServerResponse): void {
  outgoing.once("finish", () => {
    // The body's own listener would stop at the most that may wait for its reader, which is gone.
    incoming.removeAllListeners("data").resume();
    const hangUp = setTimeout(() => {
      // Read to its end, the connection is at the next request.
      if (!incoming.complete) incoming.destroy();
    }, lingerMs);
    incoming.once("close", () => clearTimeout(hangUp));
  });
}
