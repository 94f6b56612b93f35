import type { Writable } from "node:stream";

/** Where text goes to; on a terminal, progress is shown. */
export type Output = Pick<Writable, "write"> & { readonly isTTY?: boolean };

/** What a command sees of the process around it; `process` itself is one. */
export interface Surroundings {
  readonly stdout: Output;
  readonly stderr: Output;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal?: AbortSignal;
}

/** 0: done, and whole; 1: the archive is damaged or the work failed; 2: wrong usage. */
export type ExitCode = 0 | 1 | 2;

/** One word of the command line. */
export interface Command {
  readonly name: string;
  readonly summary: string;
  /** The text of `--help`, from its arguments on; a command without one tells it itself. */
  readonly usage?: string;
  run(args: readonly string[], surroundings: Surroundings): Promise<ExitCode>;
}
