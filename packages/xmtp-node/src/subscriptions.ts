import { pageEntries } from "./limits.js";
import type { Entry, NodeStorage, TopicName } from "./storage/node-storage.js";

/** The limits of each subscription. */
export interface SubscriptionLimits {
  readonly maxQueuedEntries: number;
  readonly maxPageBytes: number;
}

/** The number of topics to read before other work of the process gets a turn. */
const topicsInOneGo = 64;

/** Passes new entries of a storage on to the subscriptions of their topics. */
export class Subscriptions {
  readonly #storage: NodeStorage;
  readonly #limits: SubscriptionLimits;
  readonly #ofTopic = new Map<TopicName, Set<Subscription>>();
  readonly #unfollow: () => void;

  constructor(storage: NodeStorage, limits: SubscriptionLimits) {
    this.#storage = storage;
    this.#limits = limits;
    this.#unfollow = storage.follow((entry) => {
      for (const subscription of this.#ofTopic.get(entry.topic) ?? []) {
        subscription.offer(entry);
      }
    });
  }

  /**
   * Yields the entries after each cursor, then new ones, until the signal aborts: each entry once, ascending within a
   * topic. The subscription starts with this call, not with the first `next()`.
   */
  open(
    cursors: ReadonlyMap<TopicName, bigint>,
    signal: AbortSignal,
  ): AsyncGenerator<Entry, void, undefined> {
    const subscription = new Subscription(cursors, this.#limits);
    for (const topic of cursors.keys()) {
      const subscribed = this.#ofTopic.get(topic) ?? new Set();
      this.#ofTopic.set(topic, subscribed.add(subscription));
    }
    return this.#entriesOf(subscription, [...cursors.keys()], signal);
  }

  close(): void {
    this.#unfollow();
  }

  async *#entriesOf(
    subscription: Subscription,
    topics: readonly TopicName[],
    signal: AbortSignal,
  ): AsyncGenerator<Entry, void, undefined> {
    try {
      yield* subscription.entries(this.#storage, signal);
    } finally {
      for (const topic of topics) {
        const subscribed = this.#ofTopic.get(topic);
        subscribed?.delete(subscription);
        if (subscribed?.size === 0) this.#ofTopic.delete(topic);
      }
    }
  }
}

/**
 * One reader's position in each of its topics. A topic is either *behind*, with its entries read from the storage page by
 * page, or *live*, with its entries in the queue. A reader that is too slow for the queue falls behind again, so that
 * no entry is lost and the queue stays within its limit.
 */
class Subscription {
  readonly #limits: SubscriptionLimits;
  readonly #cursors: Map<TopicName, bigint>;
  /** Topics that are behind, each with its newest id since. */
  readonly #behind = new Map<TopicName, bigint>();
  #queue: Entry[] = [];
  #wake: (() => void) | undefined;

  constructor(
    cursors: ReadonlyMap<TopicName, bigint>,
    limits: SubscriptionLimits,
  ) {
    this.#limits = limits;
    this.#cursors = new Map(cursors);
    for (const topic of cursors.keys()) this.#behind.set(topic, 0n);
  }

  /** Queues a new entry of one of the topics, or marks its topic as behind. */
  offer(entry: Entry): void {
    if (this.#behind.has(entry.topic)) {
      this.#behind.set(entry.topic, entry.id);
    } else if (this.#queue.length < this.#limits.maxQueuedEntries) {
      this.#queue.push(entry);
    } else {
      for (const { topic, id } of [...this.#queue, entry]) {
        this.#behind.set(topic, id);
      }
      this.#queue = [];
    }
    this.#wake?.();
  }

  async *entries(
    storage: NodeStorage,
    signal: AbortSignal,
  ): AsyncGenerator<Entry, void, undefined> {
    let inOneGo = 0;
    while (!signal.aborted) {
      const [topic] = this.#behind.keys();
      if (topic !== undefined) {
        yield* this.#catchUp(storage, topic, signal);
        // A storage that answers at once would block the event loop.
        if (++inOneGo % topicsInOneGo === 0) await otherWork();
        continue;
      }
      const entry = this.#queue.shift();
      if (entry) yield* this.#pass(entry);
      else await this.#news(signal);
    }
  }

  async *#catchUp(
    storage: NodeStorage,
    topic: TopicName,
    signal: AbortSignal,
  ): AsyncGenerator<Entry, void, undefined> {
    const { entries, full } = await storage.read(topic, {
      direction: "ascending",
      cursor: this.#cursorOf(topic),
      maxEntries: pageEntries,
      maxBytes: this.#limits.maxPageBytes,
    });
    for (const entry of entries) {
      if (signal.aborted) return;
      yield* this.#pass(entry);
    }
    const newestId = this.#behind.get(topic) ?? 0n;
    if (!full && newestId <= this.#cursorOf(topic)) this.#behind.delete(topic);
  }

  *#pass(entry: Entry): Generator<Entry, void, undefined> {
    if (entry.id <= this.#cursorOf(entry.topic)) return;
    this.#cursors.set(entry.topic, entry.id);
    yield entry;
  }

  #cursorOf(topic: TopicName): bigint {
    return this.#cursors.get(topic) ?? 0n;
  }

  #news(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = () => {
        this.#wake = undefined;
        signal.removeEventListener("abort", wake);
        resolve();
      };
      this.#wake = wake;
      signal.addEventListener("abort", wake, { once: true });
    });
  }
}

function otherWork(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
