import type { Surroundings } from "./command.js";

/**
 * Writes to `stdout` and waits until it is taken, so that a slow reader slows us down. Fails with EPIPE once nobody reads
 * any more, and with the signal's reason.
 */
export function writeText(
  { stdout, signal }: Surroundings,
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

/** One JSON value on lines of its own. */
export function writeJson(
  surroundings: Surroundings,
  value: object,
): Promise<void> {
  return writeText(surroundings, `${JSON.stringify(value, undefined, 2)}\n`);
}

/** Whether the reader of our output has gone, as `head` does. */
export function isBrokenPipe(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "EPIPE";
}
