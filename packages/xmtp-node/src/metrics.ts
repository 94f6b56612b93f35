import type { TopicKind } from "./storage/node-storage.js";

// Seconds; an append waits for one or two forces to disk.
const durationBuckets = [0.001, 0.005, 0.025, 0.1, 0.5, 2.5, 10];

type Labels = Readonly<Record<string, string>>;

/** What the node counts, as Prometheus' text (https://prometheus.io/docs/instrumenting/exposition_formats/). */
export class NodeMetrics {
  readonly #calls = new Map<string, number>();
  readonly #stored = new Map<string, number>();
  readonly #seconds = new Map<string, Durations>();
  #delivered = 0;
  #streams = 0;
  #cutStreams = 0;

  callEnded(method: string, code: string, seconds: number): void {
    count(this.#calls, labels({ method, code }));
    const durations = this.#seconds.get(method) ?? new Durations();
    this.#seconds.set(method, durations);
    durations.add(seconds);
  }

  stored(kind: TopicKind, duplicate: boolean): void {
    count(this.#stored, labels({ kind, duplicate: `${duplicate}` }));
  }

  delivered(): void {
    this.#delivered++;
  }

  /** Returns what says that it has ended. */
  streamOpened(): () => void {
    this.#streams++;
    return () => this.#streams--;
  }

  streamCut(): void {
    this.#cutStreams++;
  }

  text(): string {
    return [
      ...family("calls_total", "counter", "Calls that have ended.", [
        ...this.#calls,
      ]),
      ...family(
        "call_seconds",
        "histogram",
        "Time from a call to the end of its answer.",
        [...this.#seconds].flatMap(([method, durations]) =>
          durations.samples({ method }),
        ),
      ),
      ...family("stored_total", "counter", "Entries taken, by kind.", [
        ...this.#stored,
      ]),
      ...family(
        "delivered_total",
        "counter",
        "Entries handed to subscribers.",
        [["", this.#delivered]],
      ),
      ...family("streams", "gauge", "Open subscriptions.", [
        ["", this.#streams],
      ]),
      ...family(
        "streams_cut_total",
        "counter",
        "Answers that were cut because nobody read them.",
        [["", this.#cutStreams]],
      ),
    ].join("");
  }
}

/** Suffix and labels as they are written, with the value. */
type Sample = readonly [name: string, value: number];

class Durations {
  readonly #buckets = durationBuckets.map(() => 0);
  #count = 0;
  #sum = 0;

  add(seconds: number): void {
    this.#count++;
    this.#sum += seconds;
    durationBuckets.forEach((limit, i) => {
      if (seconds <= limit) this.#buckets[i] = (this.#buckets[i] ?? 0) + 1;
    });
  }

  samples(of: Labels): readonly Sample[] {
    return [
      ...durationBuckets.map(
        (limit, i): Sample => [
          `_bucket${labels({ ...of, le: `${limit}` })}`,
          this.#buckets[i] ?? 0,
        ],
      ),
      [`_bucket${labels({ ...of, le: "+Inf" })}`, this.#count],
      [`_sum${labels(of)}`, this.#sum],
      [`_count${labels(of)}`, this.#count],
    ];
  }
}

function count(counters: Map<string, number>, key: string): void {
  counters.set(key, (counters.get(key) ?? 0) + 1);
}

function family(
  name: string,
  type: "counter" | "gauge" | "histogram",
  help: string,
  samples: readonly Sample[],
): readonly string[] {
  const full = `history_sync_node_${name}`;
  return [
    `# HELP ${full} ${help}\n# TYPE ${full} ${type}\n`,
    ...samples.map(([key, value]) => `${full}${key} ${value}\n`),
  ];
}

/** Values come from fixed lists, so that nothing has to be escaped. */
function labels(of: Labels): string {
  const pairs = Object.entries(of).map(([name, value]) => `${name}="${value}"`);
  return `{${pairs.join(",")}}`;
}
