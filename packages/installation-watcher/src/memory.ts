import type { LookTimes } from "./look-times.js";

/** Times that live as long as the process: for tests, and for apps that may look once more after each start. */
export class MemoryLookTimes implements LookTimes {
  readonly #times = new Map<string, bigint>();

  async get(key: string): Promise<bigint | undefined> {
    return this.#times.get(key);
  }

  async set(key: string, ns: bigint): Promise<void> {
    this.#times.set(key, ns);
  }
}
