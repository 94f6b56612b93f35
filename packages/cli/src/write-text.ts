import type { CommandIo } from "./command.js";

/**
 * Writes to `stdout` and waits until the reader has consumed it. Rejects with EPIPE once the reader has closed the pipe,
 * and with the signal's reason when that aborts.
 */
export function writeText(
  { stdout, signal }: CommandIo,
  text: string,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal?.reason);
    if (signal?.aborted) return abort();
    signal?.addEventListener("abort", abort, { once: true });
    stdout.write(text, (error) => {
      signal?.removeEventListener("abort", abort);
      if (error) reject(error);
      else resolve();
    });
  });
}

/** Writes a JSON value. */
export function writeJson(io: CommandIo, value: object): Promise<void> {
  return writeText(io, `${JSON.stringify(value, undefined, 2)}\n`);
}

/** True if the reader has closed the pipe, as `head` does. */
export function isBrokenPipe(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "EPIPE";
}
