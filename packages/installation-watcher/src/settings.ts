import { InstallationWatcherError } from "./errors.js";

/** How often a watcher checks, in milliseconds. */
export interface WatcherSettings {
  /** The time from the beginning of a check during which `sync` makes no other. Default: 30 minutes. */
  readonly syncCooldownMs?: number;
  /** The same for `send`. Default: 5 seconds. */
  readonly sendCooldownMs?: number;
  /** The time after a failed check during which no call makes another. Default: 5 seconds. */
  readonly firstBackoffMs?: number;
  /** For `sync` and `send` that time doubles with each failure in a row, up to this. Default: 5 minutes. */
  readonly maxBackoffMs?: number;
  /** A check that takes longer is aborted. Default: 2 minutes. */
  readonly checkTimeoutMs?: number;
  /** The most checks at a time, of different keys. Default: 10. */
  readonly maxConcurrentChecks?: number;
}

/** libxmtp's: members are checked often while the user writes, and cause few requests while the user only reads. */
const defaults: Required<WatcherSettings> = {
  syncCooldownMs: 30 * 60_000,
  sendCooldownMs: 5_000,
  // At least the cool-down of `send`, so that failures don't make `send` check more often.
  firstBackoffMs: 5_000,
  maxBackoffMs: 5 * 60_000,
  // A check is a few requests to the node; one that hangs must not block sending in its conversation.
  checkTimeoutMs: 2 * 60_000,
  maxConcurrentChecks: 10,
};

// The longest time that `setTimeout` accepts, 24 days; it fires at once for a longer one.
const maxMs = 2 ** 31 - 1;

/**
 * Fills in the defaults.
 *
 * @throws {InstallationWatcherError} `invalid-setting`
 */
export function readSettings(
  given: WatcherSettings,
): Required<WatcherSettings> {
  const settings = { ...defaults, ...given };
  for (const [name, value] of Object.entries(settings)) {
    const least = name.endsWith("CooldownMs") ? 0 : 1;
    if (!Number.isInteger(value) || value < least || value > maxMs) {
      throw new InstallationWatcherError(
        "invalid-setting",
        `${name}: expected a whole number from ${least} to ${maxMs}, got ${value}`,
      );
    }
  }
  if (settings.maxBackoffMs < settings.firstBackoffMs) {
    throw new InstallationWatcherError(
      "invalid-setting",
      `maxBackoffMs: expected firstBackoffMs (${settings.firstBackoffMs}) or more, got ${settings.maxBackoffMs}`,
    );
  }
  return settings;
}
