import type { Clock, Logger } from "@history-sync/primitives";
import type { Finding } from "./finding.js";
import type { LookTimes } from "./look-times.js";

/** What a watcher works with; it owns none of it. */
export interface WatcherPorts<
  Key extends string = string,
  Found extends Finding = Finding,
> {
  /** Asks now. It ends soon after its signal has fired, and waits for no `check` of its own key. */
  readonly look: (key: Key, signal: AbortSignal) => Promise<Found>;
  readonly times: LookTimes;
  /**
   * Is told of every look that found something, before the callers are. The look counts once this has ended: if this
   * fails, so has the look.
   */
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
