/**
 * Limits how many pieces of work run at the same time. Waiting work starts in the order of the calls.
 *
 * @example
 * ```ts
 * import { Semaphore } from "@history-sync/async";
 *
 * const downloads = new Semaphore(3);
 * const download = (url: string) =>
 *   downloads.run(async () => (await fetch(url)).arrayBuffer());
 * ```
 */
export class Semaphore {
  #free: number;
  // A Set keeps the order of insertion and removes an aborted waiter in constant time.
  readonly #waiters = new Set<() => void>();

  /** @param permits How many pieces of work may run at the same time, at least 1. */
  constructor(permits: number) {
    if (!Number.isInteger(permits) || permits < 1) {
      throw new RangeError(`expected at least 1 permit, got ${permits}`);
    }
    this.#free = permits;
  }

  /**
   * Runs `work` as soon as a permit is free and returns its result. If `signal` aborts before that, rejects with the
   * signal's reason at once and never starts the work. Running work isn't interrupted.
   */
  async run<Result>(
    work: () => Result | Promise<Result>,
    signal?: AbortSignal,
  ): Promise<Result> {
    await this.#acquire(signal);
    try {
      signal?.throwIfAborted();
      return await work();
    } finally {
      this.#release();
    }
  }

  async #acquire(signal: AbortSignal | undefined): Promise<void> {
    signal?.throwIfAborted();
    if (this.#free > 0) {
      this.#free--;
      return;
    }
    await new Promise<void>((resolve, reject) => {
      const abort = () => {
        this.#waiters.delete(start);
        reject(signal?.reason);
      };
      const start = () => {
        signal?.removeEventListener("abort", abort);
        resolve();
      };
      this.#waiters.add(start);
      signal?.addEventListener("abort", abort, { once: true });
    });
  }

  #release(): void {
    for (const start of this.#waiters) {
      // The permit passes to the next waiter, so that a later call can't overtake it.
      this.#waiters.delete(start);
      start();
      return;
    }
    this.#free++;
  }
}

/**
 * Runs one piece of work at a time, in the order of the calls. Work that fails doesn't keep the next from running. Work
 * must not call `run` of the mutex that it runs under: that would wait for itself.
 *
 * `await mutex.run(() => {})` waits for everything that was queued before.
 *
 * @example
 * ```ts
 * import { Mutex } from "@history-sync/async";
 *
 * const mutex = new Mutex();
 * let balance = 0;
 * const deposit = (amount: number) =>
 *   mutex.run(async () => {
 *     const before = balance;
 *     await Promise.resolve();
 *     balance = before + amount;
 *   });
 * ```
 */
export class Mutex {
  readonly #semaphore = new Semaphore(1);

  /** Runs `work` after all work queued before it and returns its result. `signal` applies as in {@link Semaphore.run}. */
  run<Result>(
    work: () => Result | Promise<Result>,
    signal?: AbortSignal,
  ): Promise<Result> {
    return this.#semaphore.run(work, signal);
  }
}

/** Runs one piece of work at a time for each key. Work of different keys runs concurrently. */
export class KeyedMutex<Key> {
  readonly #entries = new Map<Key, { mutex: Mutex; users: number }>();

  /** Runs `work` after all work queued for `key` before it and returns its result. */
  async run<Result>(
    key: Key,
    work: () => Result | Promise<Result>,
    signal?: AbortSignal,
  ): Promise<Result> {
    const entry = this.#entries.get(key) ?? { mutex: new Mutex(), users: 0 };
    this.#entries.set(key, entry);
    entry.users++;
    try {
      return await entry.mutex.run(work, signal);
    } finally {
      entry.users--;
      // No entry outlives its work, so that the map doesn't grow with the keys ever used.
      if (entry.users === 0) this.#entries.delete(key);
    }
  }

  /** The number of keys with running or queued work. */
  get size(): number {
    return this.#entries.size;
  }
}
