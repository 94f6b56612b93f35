import { MetricsRegistry } from "@history-sync/server-kit/node";
import type { TopicKind } from "./storage/node-storage.js";

// Seconds; an append waits for one or two forces to disk.
const durationBuckets = [0.001, 0.005, 0.025, 0.1, 0.5, 2.5, 10];

/** The XMTP node's metrics. */
export class NodeMetrics {
  readonly #registry = new MetricsRegistry("xmtp_node");
  readonly #calls = this.#registry.counter({
    name: "calls_total",
    help: "Calls that have ended",
    labels: ["method", "code"],
  });
  readonly #seconds = this.#registry.histogram(
    {
      name: "call_seconds",
      help: "From a call to the end of its answer",
      labels: ["method"],
    },
    durationBuckets,
  );
  readonly #stored = this.#registry.counter({
    name: "stored_total",
    help: "Entries received, by kind",
    labels: ["kind", "duplicate"],
  });
  readonly #delivered = this.#registry.counter({
    name: "delivered_total",
    help: "Entries sent to subscribers",
  });
  readonly #streams = this.#registry.gauge({
    name: "streams",
    help: "Open subscriptions",
  });
  readonly #cutStreams = this.#registry.counter({
    name: "streams_cut_total",
    help: "Answers that were cut because their reader was too slow",
  });

  callEnded(method: string, code: string, seconds: number): void {
    this.#calls.inc({ method, code });
    this.#seconds.observe({ method }, seconds);
  }

  stored(kind: TopicKind, duplicate: boolean): void {
    this.#stored.inc({ kind, duplicate: `${duplicate}` });
  }

  delivered(): void {
    this.#delivered.inc();
  }

  /** Counts an open stream until the returned function is called. */
  streamOpened(): () => void {
    this.#streams.inc();
    return () => this.#streams.dec();
  }

  streamCut(): void {
    this.#cutStreams.inc();
  }

  /** Returns the metrics in Prometheus' text format. */
  text(): Promise<string> {
    return this.#registry.text();
  }

  get contentType(): string {
    return this.#registry.contentType;
  }
}
