import type { Clock } from "@history-sync/primitives";

/** A clock on which every sleep takes no real time. It records the sleeps. */
export class InstantClock implements Clock {
  readonly slept: number[] = [];
  #nowMs = 1_700_000_000_000;

  nowMs(): number {
    return this.#nowMs;
  }

  async sleep(ms: number, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    this.slept.push(ms);
    this.#nowMs += ms;
  }
}
