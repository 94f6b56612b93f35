import type { Logger } from "@history-sync/primitives";
import { MetricsRegistry } from "@history-sync/server-kit/node";
import type { Space } from "../guard/space.js";

/** One request that is over. */
interface Served {
  readonly method: string;
  readonly resource: string;
  /** 0 where the connection went before an answer. */
  readonly status: number;
  readonly seconds: number;
  readonly receivedBytes: number;
  readonly sentBytes: number;
}

export interface Metrics {
  /** Counts what the log tells: refusals by reason, blobs. */
  readonly log: Logger;
  served(request: Served): void;
  /** In Prometheus' text format. */
  text(): Promise<string>;
  readonly contentType: string;
}

const methods: ReadonlySet<string> = new Set(
  "GET HEAD POST PATCH DELETE OPTIONS".split(" "),
);

// 5 ms to 20 minutes: a small blob on a quick line, a large one on a slow line.
const buckets = [0.005, 0.02, 0.1, 0.5, 2, 10, 60, 300, 1200];

export function serverMetrics(space: Space): Metrics {
  const registry = new MetricsRegistry("history_server");
  const requests = registry.counter({
    name: "requests_total",
    help: "Requests that have ended",
    labels: ["method", "resource", "status"],
  });
  const seconds = registry.histogram(
    {
      name: "request_seconds",
      help: "From a request's headers to the last byte of its answer",
      labels: ["method", "resource"],
    },
    buckets,
  );
  const bytes = registry.counter({
    name: "bytes_total",
    help: "Bytes over the wire, headers included, by direction",
    labels: ["direction"],
  });
  const refusals = registry.counter({
    name: "refusals_total",
    help: "Requests that were refused or failed, by reason",
    labels: ["reason"],
  });
  const events = registry.counter({
    name: "blob_events_total",
    help: "Events of blobs and uploads",
    labels: ["event"],
  });
  const blobs = registry.gauge({
    name: "blobs",
    help: "Blobs at the last sweep",
  });
  const unfinished = registry.gauge({
    name: "unfinished_uploads",
    help: "Uploads in pieces at the last sweep",
  });
  registry.gauge(
    { name: "stored_bytes", help: "Bytes of all blobs and uploads" },
    () => space.usedBytes(),
  );

  return {
    contentType: registry.contentType,
    text: () => registry.text(),
    log(event, fields = {}) {
      if (event === "request-refused" || event === "request-failed") {
        refusals.inc({ reason: `${fields.reason}` });
      } else if (event === "swept") {
        blobs.set(Number(fields.blobs));
        unfinished.set(Number(fields.unfinished));
      } else if (event.startsWith("blob-") || event.startsWith("upload-")) {
        events.inc({ event });
      }
    },
    served(request) {
      const { resource, status } = request;
      // Any word can be sent as a method: as labels they would grow without end.
      const method = methods.has(request.method) ? request.method : "other";
      requests.inc({ method, resource, status });
      seconds.observe({ method, resource }, request.seconds);
      bytes.inc({ direction: "received" }, request.receivedBytes);
      bytes.inc({ direction: "sent" }, request.sentBytes);
    },
  };
}

/** A path's resource, without its id. */
export function resourceName(path = ""): string {
  const name = /^\/([a-z]*)(?:[/?]|$)/.exec(path)?.[1];
  if (name === "") return "root";
  const known = ["upload", "files", "tus", "healthz", "metrics"];
  return name !== undefined && known.includes(name) ? name : "other";
}
