import type { Writable } from "node:stream";

/** A text output. Progress is shown on a terminal only. */
export type Output = Pick<Writable, "write"> & { readonly isTTY?: boolean };

/** The parts of the process that a command uses; `process` itself can be passed. */
export interface CommandIo {
  readonly stdout: Output;
  readonly stderr: Output;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal?: AbortSignal;
}

/** 0: done, and the archive is intact; 1: the archive is damaged or the work failed; 2: wrong usage. */
export type ExitCode = 0 | 1 | 2;

/** A subcommand of `history-sync`. */
export interface Command {
  readonly name: string;
  readonly summary: string;
  /** The text of `--help`, from the arguments on. A command without it prints its own. */
  readonly usage?: string;
  run(args: readonly string[], io: CommandIo): Promise<ExitCode>;
}
