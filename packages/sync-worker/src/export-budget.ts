import type { Clock } from "@history-sync/primitives";

const hourMs = 60 * 60 * 1_000;

/** Bounds what answering costs an installation: one export at a time, and so many in an hour. */
export class ExportBudget {
  readonly #clock: Clock;
  readonly #maxPerHour: number;
  #startedMs: number[] = [];
  #last: Promise<unknown> = Promise.resolve();

  constructor(clock: Clock, maxPerHour: number) {
    this.#clock = clock;
    this.#maxPerHour = maxPerHour;
  }

  /** Whether an export more is within the hour's budget; it counts at once. */
  take(): boolean {
    const nowMs = this.#clock.nowMs();
    // A clock that was set back forgets nothing for more than an hour.
    this.#startedMs = this.#startedMs.filter(
      (ms) => Math.abs(nowMs - ms) < hourMs,
    );
    if (this.#startedMs.length >= this.#maxPerHour) return false;
    this.#startedMs.push(nowMs);
    return true;
  }

  /** Runs it when those before it have ended. */
  oneAtATime<Result>(
    signal: AbortSignal,
    work: () => Promise<Result>,
  ): Promise<Result> {
    const run = this.#last.then(() => {
      signal.throwIfAborted();
      return work();
    });
    this.#last = run.catch(() => {});
    return run;
  }
}
