import { HistorySyncError } from "@history-sync/primitives";

/**
 * - `backing-off`: the last look failed a moment ago, so none was made now; the `cause` is why it failed. Call again
 *   from `retryAtNs` on.
 * - `look-timed-out`: the look took longer than its limit and was given up; call again.
 * - `closed`: the watcher was closed before it could answer; make a new one.
 * - `invalid-setting`: a setting is out of its range; correct it.
 */
export type InstallationWatcherErrorCode =
  | "backing-off"
  | "look-timed-out"
  | "closed"
  | "invalid-setting";

export class InstallationWatcherError extends HistorySyncError<InstallationWatcherErrorCode> {
  /** Only with `backing-off`: when a call for the same reason makes a look again, in nanoseconds since the Unix epoch. */
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
