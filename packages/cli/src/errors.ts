import { HistorySyncError } from "@history-sync/primitives";
import type { ExitCode } from "./command.js";

/**
 * Errors of the command line and of the files that it names. Errors inside an archive are those of the package that
 * detects them.
 */
export type CliErrorCode =
  /** The arguments don't fit the command. See its `--help`. */
  | "usage"
  /** No key was given. Pass `--key`, `--key-file` or the environment variable that the message names. */
  | "no-key"
  /** The value is no key. Pass 64 hex digits, or in a file also 32 raw bytes. */
  | "invalid-key"
  /** The file isn't there, or can't be read. */
  | "unreadable-file"
  /** The new file can't be written, or the disk is full. Nothing is left of it. */
  | "unwritable-file"
  /** The new file is there already. Choose another name, or `--force`. */
  | "file-exists"
  /** A phase of the bench didn't come to its end, or moved another number of messages than expected. */
  | "bench-failed";

/** Errors that other arguments may resolve. */
const wrongUsage: ReadonlySet<string> = new Set<CliErrorCode>([
  "usage",
  "no-key",
  "invalid-key",
  "unreadable-file",
  "file-exists",
]);

/** Remedies on the command line for errors of other packages. */
const remedies: Readonly<Record<string, string>> = {
  "repeated-nonce":
    "it is a legacy archive; --allow-repeated-nonce reads it all the same",
};

/** The system's codes in words. */
const reasons: Readonly<Record<string, string>> = {
  EACCES: "permission denied",
  EISDIR: "is a folder",
  ENOENT: "no such file or folder",
  ENOSPC: "no space left on the disk",
};

/** The error that ends a command, with a `CliErrorCode`. `exitCodeOf` gives its exit code. */
export class CliError extends HistorySyncError<CliErrorCode> {}

/** Creates the error for an unusable file, with the system's code. */
export function fileError(
  code: "unreadable-file" | "unwritable-file",
  what: string,
  cause: unknown,
): CliError {
  const system =
    cause instanceof Error && "code" in cause ? String(cause.code) : "unknown";
  const reason = reasons[system] ?? `the system answered ${system}`;
  return new CliError(code, `${what}: ${reason}`, { cause });
}

export function exitCodeOf(error: unknown): ExitCode {
  return error instanceof CliError && wrongUsage.has(error.code) ? 2 : 1;
}

/** Returns one line: the code in brackets, the message, and a remedy if there is one. */
export function messageOf(error: unknown): string {
  if (!(error instanceof HistorySyncError)) {
    const message = error instanceof Error ? error.message : String(error);
    return `[unexpected] ${message.replaceAll("\n", " ")}`;
  }
  const remedy = remedies[error.code];
  return remedy === undefined ? error.message : `${error.message} (${remedy})`;
}
