import type { Clock } from "@history-sync/primitives";
import { InstallationWatcherError } from "./errors.js";

/**
 * Gives what `work` gives. After `limitMs` its signal fires and this throws `look-timed-out`, whatever the work does
 * then. The work's signal fires with `stop` too; then the end of the work is waited for.
 */
export async function withinLimit<Result>(
  work: (signal: AbortSignal) => Promise<Result>,
  limitMs: number,
  clock: Clock,
  stop: AbortSignal,
): Promise<Result> {
  stop.throwIfAborted();
  const expired = new AbortController();
  const ended = new AbortController();
  const expiry = clock.sleep(limitMs, ended.signal).then(() => {
    const error = new InstallationWatcherError(
      "look-timed-out",
      `expected a look to end within ${limitMs} ms`,
      { retryable: true },
    );
    expired.abort(error);
    throw error;
  });
  try {
    const signal = AbortSignal.any([stop, expired.signal]);
    return await Promise.race([expiry, work(signal)]);
  } finally {
    ended.abort();
  }
}
