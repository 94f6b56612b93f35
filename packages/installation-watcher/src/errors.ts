import { HistorySyncError } from "@history-sync/primitives";

/** The codes of `InstallationWatcherError`. */
export type InstallationWatcherErrorCode =
  /**
   * The last check failed a moment ago, so that none was made now; `cause` is its error. Call again from `retryAtNs`
   * on.
   */
  | "backing-off"
  /** The check took longer than its limit. Call again. */
  | "check-timed-out"
  /** The watcher was closed before the call was served. Create a new one. */
  | "closed"
  /** A setting is out of range. Correct it. */
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
