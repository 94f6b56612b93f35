import type { WriteStream } from "node:tty";

type Output = Pick<WriteStream, "write"> & { readonly isTTY?: boolean };

const barWidth = 30;

/** Prints the story line by line; on a terminal with a progress bar. */
export class StoryPrinter {
  readonly #output: Output;
  readonly #phases: [name: string, ms: number][] = [];
  #barShown = false;

  constructor(output: Output) {
    this.#output = output;
  }

  print(line: string): void {
    this.#clearBar();
    this.#output.write(`${line}\n`);
  }

  /** Runs a phase of the story and keeps how long it took. */
  async phase<Result>(
    name: string,
    work: () => Promise<Result>,
  ): Promise<Result> {
    const startedMs = performance.now();
    const result = await work();
    this.#phases.push([name, performance.now() - startedMs]);
    return result;
  }

  progress(what: string, done: number, total: number): void {
    if (!this.#output.isTTY) return;
    const share = total === 0 ? 1 : Math.min(done / total, 1);
    const filled = Math.round(share * barWidth);
    const bar = "█".repeat(filled) + "░".repeat(barWidth - filled);
    this.#output.write(`\r\x1b[K     ${bar} ${what} ${count(done)}`);
    this.#barShown = true;
  }

  /** The figures, aligned. */
  table(rows: readonly (readonly [name: string, value: string])[]): void {
    const width = Math.max(...rows.map(([name]) => name.length));
    for (const [name, value] of rows) {
      this.print(`     ${name.padEnd(width)}  ${value}`);
    }
  }

  phaseRows(): readonly (readonly [string, string])[] {
    return this.#phases.map(([name, ms]) => [name, `${ms.toFixed(0)} ms`]);
  }

  #clearBar(): void {
    if (this.#barShown) this.#output.write("\r\x1b[K");
    this.#barShown = false;
  }
}

/** 2,011 */
export function count(n: number): string {
  return n.toLocaleString("en-US");
}
