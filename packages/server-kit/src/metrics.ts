import {
  Counter,
  collectDefaultMetrics,
  Gauge,
  Histogram,
  Registry,
} from "prom-client";

/** The name, the description and the labels of a metric. */
export interface Metric<Label extends string> {
  /** Follows the registry's prefix. */
  readonly name: string;
  readonly help: string;
  readonly labels?: readonly Label[];
}

/** A server's metrics, each name with the server's prefix, and those of its process. */
export class MetricsRegistry {
  readonly #registry = new Registry();
  readonly #prefix: string;

  /** `prefix` such as `xmtp_node`. */
  constructor(prefix: string) {
    this.#prefix = prefix;
    collectDefaultMetrics({ register: this.#registry });
  }

  counter<Label extends string = never>(metric: Metric<Label>): Counter<Label> {
    return new Counter(this.#configured(metric));
  }

  /** `buckets` are upper bounds, in seconds. */
  histogram<Label extends string = never>(
    metric: Metric<Label>,
    buckets: readonly number[],
  ): Histogram<Label> {
    return new Histogram({
      ...this.#configured(metric),
      buckets: [...buckets],
    });
  }

  /** Without `collect` the gauge is set by its user. */
  gauge(metric: Metric<never>, collect?: () => number): Gauge {
    return new Gauge({
      ...this.#configured(metric),
      ...(collect && {
        collect() {
          this.set(collect());
        },
      }),
    });
  }

  /** Returns all metrics in Prometheus' text format. */
  text(): Promise<string> {
    return this.#registry.metrics();
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  #configured<Label extends string>({ name, help, labels }: Metric<Label>) {
    return {
      name: `${this.#prefix}_${name}`,
      help,
      labelNames: [...(labels ?? [])],
      registers: [this.#registry],
    };
  }
}
