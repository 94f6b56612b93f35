import { HistorySyncError } from "@history-sync/primitives";
import type { ExitCode } from "./command.js";

/**
 * What is wrong with the command line or with the files that it names; what is wrong inside of an archive is an error of
 * the package that found it.
 *
 * - `usage`: the arguments don't fit the command; see its `--help`.
 * - `no-key`: no key was given; pass `--key`, `--key-file` or the environment variable that the message names.
 * - `invalid-key`: what was given is no key; expected are 64 hex digits, or in a file also 32 raw bytes.
 * - `unreadable-file`: the file isn't there, or can't be read.
 * - `unwritable-file`: the new file can't be written, or the disk is full; nothing is left of it.
 * - `file-exists`: the new file is there already; choose another name, or `--force`.
 * - `bench-failed`: a phase of the bench didn't come to its end, or moved another number of messages than expected.
 */
export type CliErrorCode =
  | "usage"
  | "no-key"
  | "invalid-key"
  | "unreadable-file"
  | "unwritable-file"
  | "file-exists"
  | "bench-failed";

/** A second try with other arguments may do; the rest is the work's own failure. */
const wrongUsage: ReadonlySet<string> = new Set<CliErrorCode>([
  "usage",
  "no-key",
  "invalid-key",
  "unreadable-file",
  "file-exists",
]);

/** What the command line can do about errors of other packages. */
const remedies: Readonly<Record<string, string>> = {
  "repeated-nonce":
    "it is a legacy archive; --allow-repeated-nonce reads it all the same",
};

export class CliError extends HistorySyncError<CliErrorCode> {}

/** A file that can't be used, with the system's own code for why. */
export function fileError(
  code: "unreadable-file" | "unwritable-file",
  what: string,
  cause: unknown,
): CliError {
  const reason =
    cause instanceof Error && "code" in cause ? String(cause.code) : "unknown";
  return new CliError(code, `${what}: the system answered ${reason}`, {
    cause,
  });
}

export function exitCodeOf(error: unknown): ExitCode {
  return error instanceof CliError && wrongUsage.has(error.code) ? 2 : 1;
}

/** One line: the code in brackets, what was expected and what came, and what to do where the command line can help. */
export function messageOf(error: unknown): string {
  if (!(error instanceof HistorySyncError)) {
    const message = error instanceof Error ? error.message : String(error);
    return `[unexpected] ${message.replaceAll("\n", " ")}`;
  }
  const remedy = remedies[error.code];
  return remedy === undefined ? error.message : `${error.message} (${remedy})`;
}
