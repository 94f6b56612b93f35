import type { Finding, Outcome } from "./finding.js";
import type { WatcherPorts } from "./ports.js";
import { readSettings, type WatcherSettings } from "./settings.js";
import type { Reason } from "./verdict.js";
import { Watcher } from "./watcher.js";

export interface InstallationWatcher<
  Key extends string = string,
  Found extends Finding = Finding,
> {
  /**
   * Looks, if `reason` allows it by now, and gives what was found. A call during a look of the same key waits for its
   * end; all calls that still need a look then share the next one.
   *
   * Rejects with the error of the look that should have served it, with an error of `LookTimes`, with the reason of its
   * own signal (the look goes on for the others), or with an `InstallationWatcherError`: `backing-off`,
   * `look-timed-out` or `closed`.
   */
  check(
    key: Key,
    reason: Reason,
    options?: { readonly signal?: AbortSignal },
  ): Promise<Outcome<Found>>;
  /** Resolves when no look is under way or queued. */
  settled(): Promise<void>;
  /** Rejects all waiting calls with `closed`, cancels the looks and waits for their end, at most for `lookLimitMs`. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * A watcher over any number of keys: a key is what one look is about, such as an inbox in a conversation. Throws
 * `invalid-setting`.
 */
export function createInstallationWatcher<
  Key extends string = string,
  Found extends Finding = Finding,
>(
  ports: WatcherPorts<Key, Found>,
  settings: WatcherSettings = {},
): InstallationWatcher<Key, Found> {
  return new Watcher(ports, readSettings(settings));
}
