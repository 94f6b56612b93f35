import { InstallationWatcherError } from "./errors.js";

/** How often a watcher looks, in milliseconds. */
export interface WatcherSettings {
  /** From the beginning of a look, for so long `sync` makes no other. Default: 30 minutes. */
  readonly syncCooldownMs?: number;
  /** The same for `send`. Default: 5 seconds. */
  readonly sendCooldownMs?: number;
  /** After a failed look, for so long no call makes another. Default: 5 seconds. */
  readonly firstBackoffMs?: number;
  /** For `sync` and `send` that time doubles with each failure in a row, up to this. Default: 5 minutes. */
  readonly maxBackoffMs?: number;
  /** A look that takes longer is given up. Default: 2 minutes. */
  readonly lookLimitMs?: number;
  /** So many looks at a time, of different keys. Default: 10. */
  readonly maxLooks?: number;
}

/** As libxmtp: fresh members when one writes, and little to ask the node when one only reads. */
const defaults: Required<WatcherSettings> = {
  syncCooldownMs: 30 * 60_000,
  sendCooldownMs: 5_000,
  // Not less than the cool-down of sending, so that failures don't make sending look more often.
  firstBackoffMs: 5_000,
  maxBackoffMs: 5 * 60_000,
  // A look is a few requests to the node; one that hangs must not keep its conversation from being written to.
  lookLimitMs: 2 * 60_000,
  maxLooks: 10,
};

/** The longest time that `setTimeout` takes, 24 days; a longer one would fire at once. */
const maxMs = 2 ** 31 - 1;

/** Fills in the defaults; throws `invalid-setting`. */
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
