import { HistorySyncError, type Logger } from "@history-sync/primitives";

/** Work that nobody waits for. Its failures are logged; whatever it does must be done again by something else. */
export class Background {
  readonly #running = new Set<Promise<void>>();
  readonly #owed = new Map<string, boolean>();
  readonly #log: Logger;

  constructor(log: Logger) {
    this.#log = log;
  }

  run(name: string, work: () => Promise<unknown>): void {
    const running = work()
      .then(
        () => {},
        (error: unknown) => {
          this.#log("client.background-failed", { name, code: codeOf(error) });
        },
      )
      .finally(() => this.#running.delete(running));
    this.#running.add(running);
  }

  /** As `run`; calls while the work of this name goes on make it run once more, after it. */
  again(name: string, work: () => Promise<unknown>): void {
    if (this.#owed.has(name)) {
      this.#owed.set(name, true);
      return;
    }
    this.#owed.set(name, true);
    this.run(name, async () => {
      try {
        while (this.#owed.get(name)) {
          this.#owed.set(name, false);
          await work();
        }
      } finally {
        this.#owed.delete(name);
      }
    });
  }

  async settled(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running);
  }
}

/** Returns what a log may contain of an error. */
export function codeOf(error: unknown): string {
  return error instanceof HistorySyncError ? error.code : "unexpected";
}
