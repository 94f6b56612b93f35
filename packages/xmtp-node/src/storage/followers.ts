import type { Entry } from "./node-storage.js";

/** The listeners of a storage. */
export class Followers {
  readonly #listeners = new Set<(entry: Entry) => void>();

  add(listener: (entry: Entry) => void): () => void {
    // A wrapper, so that the same listener may be added twice.
    const own = (entry: Entry) => listener(entry);
    this.#listeners.add(own);
    return () => this.#listeners.delete(own);
  }

  notify(entry: Entry): void {
    for (const listener of this.#listeners) listener(entry);
  }
}
