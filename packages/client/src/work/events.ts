import { Broadcast } from "@history-sync/async";
import { ClientError } from "../errors.js";

// A reader with more unread items than this has stopped reading.
const capacity = 10_000;

/**
 * Creates the source of a public stream. A reader with more than 10,000 unread items gets `stream-overflow` after those.
 */
export function stream<Item>(): Broadcast<Item> {
  return new Broadcast({
    capacity,
    overflowError: (capacity) =>
      new ClientError(
        "stream-overflow",
        `expected a reader, got none for ${capacity} items`,
      ),
  });
}

/** Notifies listeners synchronously, in the order in which they were added. */
export class Signal<Value = void> {
  readonly #listeners: ((value: Value) => void)[] = [];

  on(listener: (value: Value) => void): void {
    this.#listeners.push(listener);
  }

  emit(value: Value): void {
    for (const listener of this.#listeners) listener(value);
  }
}
