import { KeyedMutex } from "./locks.js";
import { unlessAborted } from "./timing.js";

/**
 * Applies `work` to every item, with at most `limit` items in progress at a time, and returns the results in the order
 * of the items. The first failure rejects the whole at once and keeps further items from starting; items in progress run
 * to their end. An abort of `signal` does the same, with the signal's reason.
 *
 * @example
 * ```ts
 * import { mapConcurrently } from "@history-sync/async";
 *
 * const lengths = await mapConcurrently(
 *   ["https://a.example", "https://b.example"],
 *   4,
 *   async (url) => (await (await fetch(url)).text()).length,
 * );
 * ```
 */
export async function mapConcurrently<Item, Result>(
  items: Iterable<Item>,
  limit: number,
  work: (item: Item, index: number) => Result | Promise<Result>,
  signal?: AbortSignal,
): Promise<readonly Result[]> {
  if (!(limit >= 1)) {
    throw new RangeError(`expected a limit of at least 1, got ${limit}`);
  }
  signal?.throwIfAborted();
  const list = [...items];
  const results: Result[] = [];
  // All workers draw from the same iterator.
  const entries = list.entries();
  let failed = false;
  const worker = async () => {
    for (const [index, item] of entries) {
      if (failed || signal?.aborted) return;
      try {
        results[index] = await work(item, index);
      } catch (error) {
        failed = true;
        throw error;
      }
    }
  };
  const length = Math.min(Math.floor(limit), list.length);
  const workers = Array.from({ length }, worker);
  await unlessAborted(Promise.all(workers), signal);
  return results;
}

/**
 * Returns a function that runs `work`, one run at a time. Each call resolves or rejects with the first run that starts
 * after the call, so that it sees everything that happened before it. All calls made during a run share one more run
 * after it. A call's `signal` ends only that caller's waiting.
 *
 * @example
 * ```ts
 * import { coalesce } from "@history-sync/async";
 *
 * const refresh = coalesce(async () => {
 *   await fetch("https://example.org/news");
 * });
 * await Promise.all([refresh(), refresh()]);
 * ```
 */
export function coalesce<Result>(
  work: () => Result | Promise<Result>,
): (signal?: AbortSignal) => Promise<Result> {
  const runs = new KeyedCoalescer<undefined, Result>();
  return (signal) => runs.run(undefined, work, signal);
}

/** Does the same as {@link coalesce} for each key. Runs of different keys are concurrent. */
export class KeyedCoalescer<Key, Result = void> {
  readonly #mutex = new KeyedMutex<Key>();
  /** Runs that haven't started. */
  readonly #queued = new Map<Key, Promise<Result>>();

  /**
   * Resolves or rejects with the first run for `key` that starts after the call. Starts one with `work` unless such a run
   * is queued already; then that run's own work is used.
   */
  async run(
    key: Key,
    work: () => Result | Promise<Result>,
    signal?: AbortSignal,
  ): Promise<Result> {
    signal?.throwIfAborted();
    const queued = this.#queued.get(key) ?? this.#enqueue(key, work);
    // The run isn't aborted: others may wait for it.
    return await unlessAborted(queued, signal);
  }

  #enqueue(key: Key, work: () => Result | Promise<Result>): Promise<Result> {
    const queued = this.#mutex.run(key, () => {
      this.#queued.delete(key);
      return work();
    });
    this.#queued.set(key, queued);
    return queued;
  }
}
