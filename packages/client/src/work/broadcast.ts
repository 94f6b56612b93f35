import { ClientError } from "../errors.js";

// A watcher that is this far behind has stopped reading.
const maxWaiting = 10_000;

export interface WatchOptions<Item> {
  /** Which items count; left out: all. */
  readonly only?: ((item: Item) => boolean) | undefined;
  /** Is called once, when nobody watches any more. */
  readonly onEnd?: () => void;
  readonly signal?: AbortSignal | undefined;
}

/** Hands every item to every watcher, from the moment it begins to watch. */
export class Broadcast<Item> {
  readonly #watchers = new Set<Watcher<Item>>();

  publish(item: Item): void {
    for (const watcher of this.#watchers) watcher.push(item);
  }

  /** Watching begins with this call, not with the first read; it ends with the signal, without an error. */
  watch(options: WatchOptions<Item> = {}): AsyncIterableIterator<Item> {
    const { signal, only = () => true, onEnd = () => {} } = options;
    const watcher = new Watcher<Item>(only, () => {
      if (this.#watchers.delete(watcher)) onEnd();
    });
    this.#watchers.add(watcher);
    if (signal?.aborted) watcher.end();
    signal?.addEventListener("abort", () => watcher.end(), { once: true });
    return watcher;
  }

  /** What waits is still read. */
  close(): void {
    for (const watcher of this.#watchers) watcher.end();
  }
}

class Watcher<Item> implements AsyncIterableIterator<Item> {
  readonly #only: (item: Item) => boolean;
  readonly #leave: () => void;
  readonly #waiting: Item[] = [];
  #wake: () => void = () => {};
  #ended = false;
  #failure: ClientError | undefined;

  constructor(only: (item: Item) => boolean, leave: () => void) {
    this.#only = only;
    this.#leave = leave;
  }

  push(item: Item): void {
    if (!this.#only(item)) return;
    if (this.#waiting.length < maxWaiting) {
      this.#waiting.push(item);
      this.#wake();
      return;
    }
    this.#failure = new ClientError(
      "stream-overflow",
      `expected a reader, got none for ${maxWaiting} items`,
    );
    this.end();
  }

  end(): void {
    this.#ended = true;
    this.#leave();
    this.#wake();
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async next(): Promise<IteratorResult<Item, undefined>> {
    while (this.#waiting.length === 0 && !this.#ended) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    const item = this.#waiting.shift();
    if (item !== undefined) return { done: false, value: item };
    const failure = this.#failure;
    this.#failure = undefined;
    if (failure) throw failure;
    return { done: true, value: undefined };
  }

  async return(): Promise<IteratorResult<Item, undefined>> {
    this.end();
    this.#waiting.length = 0;
    return { done: true, value: undefined };
  }
}
