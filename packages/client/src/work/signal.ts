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
