import { KeyedCoalescer } from "@history-sync/async";
import { HistorySyncError, type Logger } from "@history-sync/primitives";

/** Runs work in the background. Failures are logged; a later call has to do failed work again. */
export class Background {
  readonly #running = new Set<Promise<void>>();
  readonly #coalescer = new KeyedCoalescer<string>();
  readonly #log: Logger;

  constructor(log: Logger) {
    this.#log = log;
  }

  run(name: string, work: () => Promise<unknown>): void {
    this.#track(this.#guarded(name, work));
  }

  /** Runs work, one run of a name at a time. Calls during a run cause one more run after it. */
  again(name: string, work: () => Promise<unknown>): void {
    this.#track(this.#coalescer.run(name, () => this.#guarded(name, work)));
  }

  /** Resolves when nothing is running. */
  async settled(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running);
  }

  #track(work: Promise<void>): void {
    const running = work.finally(() => this.#running.delete(running));
    this.#running.add(running);
  }

  async #guarded(name: string, work: () => Promise<unknown>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.#log("client.background-failed", { name, code: codeOf(error) });
    }
  }
}

/** Returns what a log may contain of an error. */
export function codeOf(error: unknown): string {
  return error instanceof HistorySyncError ? error.code : "unexpected";
}
