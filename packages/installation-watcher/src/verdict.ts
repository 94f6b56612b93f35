import { lookOwed } from "./look-times.js";
import type { WatcherSettings } from "./settings.js";

/**
 * Why a look is asked for. `sync` and `send` have their cool-downs. The others look at once: the user asked (`forced`),
 * one's own inbox has a new sync group, or an identity log has grown.
 */
export type Reason =
  | "sync"
  | "send"
  | "forced"
  | "new-sync-group"
  | "identity-update";

/** The failures since the last look that succeeded. */
export interface Failures {
  readonly count: number;
  /** When the last one was, in nanoseconds. */
  readonly atNs: bigint;
  readonly cause: unknown;
}

/** What is known of a key. */
export interface Past {
  /** When the last look that succeeded began; undefined if there was none. */
  readonly lookedAtNs: bigint | undefined;
  readonly failures: Failures | undefined;
}

export type Verdict =
  | { readonly kind: "look" }
  | {
      readonly kind: "cooling-down";
      readonly lookedAtNs: bigint;
      readonly againAtNs: bigint;
    }
  | {
      readonly kind: "backing-off";
      readonly againAtNs: bigint;
      readonly cause: unknown;
    };

/** Does a call for `reason` make a look now? */
export function verdictOn(
  reason: Reason,
  { lookedAtNs, failures }: Past,
  nowNs: bigint,
  settings: Required<WatcherSettings>,
): Verdict {
  if (failures) {
    const pauseMs = backoffMs(reason, failures.count, settings);
    const againAtNs = endOf(failures.atNs, pauseMs, nowNs);
    if (againAtNs !== undefined) {
      return { kind: "backing-off", againAtNs, cause: failures.cause };
    }
  }
  if (lookedAtNs === undefined || lookedAtNs === lookOwed) {
    return { kind: "look" };
  }
  const againAtNs = endOf(lookedAtNs, cooldownMs(reason, settings), nowNs);
  return againAtNs === undefined
    ? { kind: "look" }
    : { kind: "cooling-down", lookedAtNs, againAtNs };
}

/**
 * The end of a time that began at `fromNs`, if it isn't over. A beginning in the future was written by a clock that has
 * since been set back: it says nothing, and the time is over.
 */
function endOf(
  fromNs: bigint,
  lengthMs: number,
  nowNs: bigint,
): bigint | undefined {
  const endNs = fromNs + BigInt(lengthMs) * 1_000_000n;
  return fromNs <= nowNs && nowNs < endNs ? endNs : undefined;
}

function cooldownMs(
  reason: Reason,
  { syncCooldownMs, sendCooldownMs }: Required<WatcherSettings>,
): number {
  if (reason === "sync") return syncCooldownMs;
  return reason === "send" ? sendCooldownMs : 0;
}

function backoffMs(
  reason: Reason,
  failures: number,
  { firstBackoffMs, maxBackoffMs }: Required<WatcherSettings>,
): number {
  return reason === "sync" || reason === "send"
    ? Math.min(firstBackoffMs * 2 ** (failures - 1), maxBackoffMs)
    : firstBackoffMs;
}
