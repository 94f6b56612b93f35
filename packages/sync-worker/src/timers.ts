import { type Clock, nowNs } from "@history-sync/primitives";

// Longer sleeps don't fit into a timer of JavaScript.
const longestSleepMs = 24 * 60 * 60 * 1_000;
const nsPerMs = 1_000_000n;

/** One alarm under each name. */
export class Timers {
  readonly #clock: Clock;
  readonly #stopping: AbortSignal;
  readonly #set = new Map<string, AbortController>();

  constructor(clock: Clock, stopping: AbortSignal) {
    this.#clock = clock;
    this.#stopping = stopping;
  }

  /** Replaces the alarm of that name. `fire` is called once, at the time or at once when it is past. */
  set(name: string, atNs: bigint, fire: () => void): void {
    this.clear(name);
    const cleared = new AbortController();
    this.#set.set(name, cleared);
    const signal = AbortSignal.any([cleared.signal, this.#stopping]);
    this.#sleepUntil(atNs, signal).then(
      () => {
        if (signal.aborted) return;
        this.#set.delete(name);
        fire();
      },
      () => {},
    );
  }

  clear(name: string): void {
    this.#set.get(name)?.abort();
    this.#set.delete(name);
  }

  async #sleepUntil(atNs: bigint, signal: AbortSignal): Promise<void> {
    while (true) {
      const leftMs = Number((atNs - nowNs(this.#clock)) / nsPerMs);
      if (leftMs <= 0) return;
      await this.#clock.sleep(Math.min(leftMs, longestSleepMs), signal);
    }
  }
}
