import type { Output } from "./command.js";

const width = 30;

/** Shows the progress of work in one line on a terminal; prints nothing into a pipe. */
export class ProgressBar implements Disposable {
  readonly #output: Output;
  readonly #what: string;
  #shown: number | undefined;

  constructor(output: Output, what: string) {
    this.#output = output;
    this.#what = what;
  }

  update(done: number, total: number): void {
    if (!this.#output.isTTY || total <= 0) return;
    const percent = Math.floor(100 * Math.min(done / total, 1));
    // Drawn at most a hundred times, however often `update` is called.
    if (percent === this.#shown) return;
    this.#shown = percent;
    const filled = Math.round((percent / 100) * width);
    const bar = "█".repeat(filled) + "░".repeat(width - filled);
    this.#output.write(`\r\x1b[K${bar} ${this.#what} ${percent} %`);
  }

  /** Removes it from the screen. */
  [Symbol.dispose](): void {
    if (this.#shown !== undefined) this.#output.write("\r\x1b[K");
    this.#shown = undefined;
  }
}
