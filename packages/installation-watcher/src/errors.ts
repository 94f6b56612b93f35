import { HistorySyncError } from "@history-sync/primitives";

/**
 * - `backing-off`: the last check failed a moment ago, so that none was made now; `cause` is its error. Call again from
 *   `retryAtNs` on.
 * - `check-timed-out`: the check took longer than its limit; call again.
 * - `closed`: the watcher was closed before the call was served; create a new one.
 * - `invalid-setting`: a setting is out of range; correct it.
 */
export type InstallationWatcherErrorCode =
  | "backing-off"
  | "check-timed-out"
  | "closed"
  | "invalid-setting";

/** The error of a check for installations. */
export class InstallationWatcherError extends HistorySyncError<InstallationWatcherErrorCode> {
  /** Only with `backing-off`: when a call for the same reason checks again, in nanoseconds since the Unix epoch. */
  readonly retryAtNs: bigint | undefined;

  constructor(
    code: InstallationWatcherErrorCode,
    message: string,
    options: {
      readonly retryable?: boolean;
      readonly cause?: unknown;
      readonly retryAtNs?: bigint;
    } = {},
  ) {
    super(code, message, options);
    this.retryAtNs = options.retryAtNs;
  }
}
