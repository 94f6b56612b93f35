/** The limits of each subscriber's queue. */
export interface BroadcastOptions<Item> {
  /** The most items that a subscriber may leave unread. */
  readonly capacity: number;
  /** Makes the error that ends a subscription whose reader is too slow. */
  readonly overflowError: (capacity: number) => Error;
  /**
   * Returns true if a reader doesn't need `older` once it gets `newer`, such as an earlier progress report. Where a
   * subscriber's queue is full, one superseded item makes room. Default: none is ever superseded.
   */
  readonly supersedes?: ((older: Item, newer: Item) => boolean) | undefined;
}

/** The items of a subscription, and its end. */
export interface SubscribeOptions<Item> {
  /** Returns true for the items to receive. Default: all. */
  readonly filter?: ((item: Item) => boolean) | undefined;
  /** Called once, when the subscription ends for any reason. */
  readonly onEnd?: (() => void) | undefined;
  /** Ends the subscription without an error. Items received before can still be read. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Publishes items to all subscribers. Each subscriber has a queue of its own. A reader that lets it overflow still gets
 * the queued items and then the overflow error, so that no item is lost without notice.
 *
 * @example
 * ```ts
 * import { Broadcast } from "@history-sync/async";
 *
 * const events = new Broadcast<string>({
 *   capacity: 1_000,
 *   overflowError: (capacity) => new Error(`more than ${capacity} unread`),
 * });
 * const subscription = events.subscribe();
 * events.publish("hello");
 * events.close();
 * for await (const event of subscription) console.log(event);
 * ```
 */
export class Broadcast<Item> {
  readonly #options: BroadcastOptions<Item>;
  readonly #subscriptions = new Set<Subscription<Item>>();
  #closed: { readonly error: Error | undefined } | undefined;

  constructor(options: BroadcastOptions<Item>) {
    this.#options = options;
  }

  /** Adds an item to the queue of each subscriber. After `close` it does nothing. */
  publish(item: Item): void {
    for (const subscription of [...this.#subscriptions])
      subscription.push(item);
  }

  /**
   * Subscribes from this call on, not from the first read. Leaving a `for await` loop unsubscribes.
   */
  subscribe(
    options: SubscribeOptions<Item> = {},
  ): AsyncIterableIterator<Item, undefined> {
    const { filter = () => true, onEnd, signal } = options;
    const endBySignal = () => subscription.end();
    const subscription = new Subscription<Item>(this.#options, filter, () => {
      this.#subscriptions.delete(subscription);
      signal?.removeEventListener("abort", endBySignal);
      onEnd?.();
    });
    this.#subscriptions.add(subscription);
    signal?.addEventListener("abort", endBySignal, { once: true });
    if (signal?.aborted) endBySignal();
    if (this.#closed) subscription.end(this.#closed.error);
    return subscription;
  }

  /** The number of subscriptions that haven't ended. */
  get subscribers(): number {
    return this.#subscriptions.size;
  }

  /** Ends all subscriptions, and each later one at once. Readers get their queued items, then the end or `error`. */
  close(error?: Error): void {
    this.#closed ??= { error };
    for (const subscription of [...this.#subscriptions])
      subscription.end(error);
  }
}

interface Reader<Item> {
  resolve(result: IteratorResult<Item, undefined>): void;
  reject(error: Error): void;
}

const end: IteratorReturnResult<undefined> = { done: true, value: undefined };

class Subscription<Item> implements AsyncIterableIterator<Item, undefined> {
  readonly #options: BroadcastOptions<Item>;
  readonly #filter: (item: Item) => boolean;
  readonly #onEnd: () => void;
  readonly #queue: Item[] = [];
  /** Calls of `next` that found the queue empty. */
  readonly #readers: Reader<Item>[] = [];
  #ended = false;
  /** Is thrown once, after the queue is empty. */
  #error: Error | undefined;

  constructor(
    options: BroadcastOptions<Item>,
    filter: (item: Item) => boolean,
    onEnd: () => void,
  ) {
    this.#options = options;
    this.#filter = filter;
    this.#onEnd = onEnd;
  }

  push(item: Item): void {
    if (this.#ended || !this.#filter(item)) return;
    const reader = this.#readers.shift();
    if (reader) {
      reader.resolve({ done: false, value: item });
      return;
    }
    const { capacity, overflowError } = this.#options;
    if (this.#queue.length < capacity || this.#makeRoom(item)) {
      this.#queue.push(item);
    } else {
      this.end(overflowError(capacity));
    }
  }

  end(error?: Error): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#error = error;
    for (const reader of this.#readers.splice(0)) this.#finish(reader);
    this.#onEnd();
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<IteratorResult<Item, undefined>> {
    return new Promise((resolve, reject) => {
      const reader = { resolve, reject };
      if (this.#queue.length > 0) {
        resolve({ done: false, value: this.#queue.shift() as Item });
      } else if (this.#ended) this.#finish(reader);
      else this.#readers.push(reader);
    });
  }

  async return(): Promise<IteratorResult<Item, undefined>> {
    this.end();
    this.#queue.length = 0;
    this.#error = undefined;
    return end;
  }

  /** Removes the oldest item that the new one supersedes, or else one that another queued item does. */
  #makeRoom(item: Item): boolean {
    const { supersedes } = this.#options;
    if (!supersedes) return false;
    let index = this.#queue.findIndex((older) => supersedes(older, item));
    if (index < 0) {
      index = this.#queue.findIndex((older, at) =>
        this.#queue.some((newer, i) => i > at && supersedes(older, newer)),
      );
    }
    if (index < 0) return false;
    this.#queue.splice(index, 1);
    return true;
  }

  #finish(reader: Reader<Item>): void {
    const error = this.#error;
    this.#error = undefined;
    if (error) reader.reject(error);
    else reader.resolve(end);
  }
}
