import { type Clock, systemClock } from "@history-sync/primitives";

const longestMs = 60_000;

/** A clock that skips short waits, so that tests are fast. Long ones take their time. */
export function hurriedClock(): Clock {
  let aheadMs = 0;
  return {
    nowMs: () => systemClock.nowMs() + aheadMs,
    async sleep(ms, signal) {
      if (ms > longestMs) return systemClock.sleep(ms, signal);
      await systemClock.sleep(0, signal);
      aheadMs += ms;
    },
  };
}
