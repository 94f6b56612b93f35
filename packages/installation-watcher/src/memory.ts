import type { CheckTimes } from "./check-times.js";

/** Keeps check times as long as the process runs: for tests, and for apps that may check once more after each start. */
export class MemoryCheckTimes implements CheckTimes {
  readonly #times = new Map<string, bigint>();

  async get(key: string): Promise<bigint | undefined> {
    return this.#times.get(key);
  }

  async set(key: string, ns: bigint): Promise<void> {
    this.#times.set(key, ns);
  }
}
