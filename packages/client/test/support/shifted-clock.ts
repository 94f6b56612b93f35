import { type Clock, systemClock } from "@history-sync/primitives";

/** The system's clock, which a test can put forward. */
export class ShiftedClock implements Clock {
  #aheadMs = 0;

  nowMs(): number {
    return systemClock.nowMs() + this.#aheadMs;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return systemClock.sleep(ms, signal);
  }

  forward(ms: number): void {
    this.#aheadMs += ms;
  }
}
