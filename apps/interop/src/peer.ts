import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";

// The first command may have to install libxmtp.
const answerMs = 120_000;

interface Waiting {
  readonly resolve: (ok: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** Real libxmtp as a process that takes one JSON object a line, and answers each with one line. */
export class Peer {
  readonly #child: ChildProcess;
  readonly #waiting = new Map<number, Waiting>();
  #lastId = 0;

  constructor(command: string) {
    this.#child = spawn(command, [], { stdio: ["pipe", "pipe", "inherit"] });
    const { stdout } = this.#child;
    if (stdout) createInterface({ input: stdout }).on("line", this.#take);
    this.#child.once("exit", (code) => {
      for (const { reject } of this.#waiting.values()) {
        reject(new Error(`the peer ended with ${code}`));
      }
    });
  }

  /** Sends a command; throws with libxmtp's own words. */
  ask<Answer>(
    command: string,
    values: Readonly<Record<string, unknown>>,
  ): Promise<Answer> {
    this.#lastId += 1;
    const id = this.#lastId;
    return new Promise<Answer>((resolve, reject) => {
      const late = setTimeout(
        () => reject(new Error(`${command}: no answer in ${answerMs} ms`)),
        answerMs,
      );
      const settled =
        <Value>(settle: (value: Value) => void) =>
        (value: Value) => {
          clearTimeout(late);
          this.#waiting.delete(id);
          settle(value);
        };
      this.#waiting.set(id, {
        resolve: settled((ok: unknown) => resolve(ok as Answer)),
        reject: settled((error: Error) =>
          reject(new Error(`${command}: ${error.message}`)),
        ),
      });
      this.#child.stdin?.write(
        `${JSON.stringify({ id, do: command, ...values })}\n`,
      );
    });
  }

  close(): void {
    this.#child.kill("SIGKILL");
  }

  readonly #take = (line: string): void => {
    const { id, ok, error } = JSON.parse(line) as {
      readonly id: number;
      readonly ok?: unknown;
      readonly error?: string;
    };
    if (error === undefined) this.#waiting.get(id)?.resolve(ok);
    else this.#waiting.get(id)?.reject(new Error(error));
  };
}
