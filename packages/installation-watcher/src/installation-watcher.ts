import type { Clock, InstallationId, Logger } from "@history-sync/primitives";
import type { CheckTimes } from "./check-times.js";
import type { Reason } from "./verdict.js";

/** The changes that a check found since the one before. An app's own check may return more. */
export interface Finding {
  readonly added: readonly InstallationId[];
  readonly revoked: readonly InstallationId[];
}

/** The result of a call: the check that served it, or the time of the last one, which is too recent for another. */
export type Outcome<Found extends Finding = Finding> =
  | {
      readonly kind: "checked";
      /** When the check began, after the call. Nanoseconds since the Unix epoch. */
      readonly checkedAtNs: bigint;
      readonly found: Found;
    }
  | {
      readonly kind: "cooling-down";
      /** When the last check began. */
      readonly checkedAtNs: bigint;
      /** When a call for the same reason checks again. */
      readonly againAtNs: bigint;
    };

/** The services of a watcher, which owns none of them. */
export interface WatcherPorts<
  Key extends string = string,
  Found extends Finding = Finding,
> {
  /** Checks now. Ends soon after its signal aborts, and doesn't wait for `check` of its own key. */
  readonly checkInstallations: (
    key: Key,
    signal: AbortSignal,
  ) => Promise<Found>;
  readonly times: CheckTimes;
  /** Called after each check that found a change, before the callers get it. If it rejects, the check has failed. */
  readonly onFound?: (
    key: Key,
    found: Found,
    signal: AbortSignal,
  ) => void | Promise<void>;
  /** Default: the system's. */
  readonly clock?: Clock;
  /** Default: silent. */
  readonly log?: Logger;
}

/** Checks for new and revoked installations, at most once in every cool-down of a key. */
export interface InstallationWatcher<
  Key extends string = string,
  Found extends Finding = Finding,
> {
  /**
   * Checks, if `reason` allows it by now, and returns what was found. A call during a check of the same key waits for its
   * end; all calls that still need a check then share the next one. An abort of `signal` ends the waiting, not the check.
   *
   * @throws {InstallationWatcherError} `backing-off`, `check-timed-out`, `closed`
   * @throws the error of the check that should have served the call, or of `CheckTimes`
   */
  check(
    key: Key,
    reason: Reason,
    options?: { readonly signal?: AbortSignal },
  ): Promise<Outcome<Found>>;
  /** Resolves when no check is in progress or queued. */
  settled(): Promise<void>;
  /** Rejects all calls with `closed`, aborts the checks and waits for their end, at most for `checkTimeoutMs`. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}
