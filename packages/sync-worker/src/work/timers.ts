import { sleepUntil } from "@history-sync/async";
import type { Clock } from "@history-sync/primitives";

/** One timer under each name. */
export class Timers {
  readonly #clock: Clock;
  readonly #stopping: AbortSignal;
  readonly #set = new Map<string, AbortController>();

  constructor(clock: Clock, stopping: AbortSignal) {
    this.#clock = clock;
    this.#stopping = stopping;
  }

  /** Replaces the timer of that name. `fire` is called once, at the time, or at once where that has passed. */
  set(name: string, atNs: bigint, fire: () => void): void {
    this.clear(name);
    const cleared = new AbortController();
    this.#set.set(name, cleared);
    const signal = AbortSignal.any([cleared.signal, this.#stopping]);
    sleepUntil(atNs, { clock: this.#clock, signal }).then(
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
}
