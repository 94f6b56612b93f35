import { writeSync } from "node:fs";

/** Where a process is killed: when it gets there for the nth time. */
export interface Point {
  readonly name: string;
  readonly nth: number;
  /** Counted from when it was at this one. */
  readonly after?: string;
}

/** Kills this process at one point. */
export class KillSwitch {
  readonly #name: string;
  #left: number;
  #after: string | undefined;

  constructor({ name, nth, after }: Point) {
    this.#name = name;
    this.#left = nth;
    this.#after = after;
  }

  /** Doesn't return from the point that it waits for. */
  reached(name: string): void {
    if (name === this.#after) this.#after = undefined;
    if (name !== this.#name || this.#after !== undefined) return;
    this.#left -= 1;
    if (this.#left > 0) return;
    writeSync(process.stdout.fd, name);
    process.kill(process.pid, "SIGKILL");
  }
}
