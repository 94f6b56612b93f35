import { writeSync } from "node:fs";

/** Where a process is killed: when it gets there for the nth time. */
export interface Point {
  readonly name: string;
  readonly nth: number;
}

/** Kills this process at one point. */
export class KillSwitch {
  readonly #name: string;
  #left: number;

  constructor({ name, nth }: Point) {
    this.#name = name;
    this.#left = nth;
  }

  /** Doesn't return from the point that it waits for. */
  reached(name: string): void {
    if (name !== this.#name) return;
    this.#left -= 1;
    if (this.#left > 0) return;
    writeSync(process.stdout.fd, name);
    process.kill(process.pid, "SIGKILL");
  }
}
