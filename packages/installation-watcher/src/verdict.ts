import { exponentialWaits } from "@history-sync/async";
import { checkPending } from "./check-times.js";
import type { WatcherSettings } from "./settings.js";

/**
 * The reason of a call. `sync` and `send` have cool-downs. The others check at once: the user asked for it (`forced`), the
 * user's own inbox has a new sync group, or an identity log has grown.
 */
export type Reason =
  | "sync"
  | "send"
  | "forced"
  | "new-sync-group"
  | "identity-update";

/** The failures since the last successful check. */
export interface Failures {
  readonly count: number;
  /** The time of the last one, in nanoseconds since the Unix epoch. */
  readonly atNs: bigint;
  readonly cause: unknown;
}

/** A key's earlier checks. */
export interface Past {
  /** When the last successful check began; undefined if there was none. */
  readonly checkedAtNs: bigint | undefined;
  readonly failures: Failures | undefined;
}

export type Verdict =
  | { readonly kind: "check" }
  | {
      readonly kind: "cooling-down";
      readonly checkedAtNs: bigint;
      readonly againAtNs: bigint;
    }
  | {
      readonly kind: "backing-off";
      readonly againAtNs: bigint;
      readonly cause: unknown;
    };

/** Decides whether a call for `reason` checks now. */
export function verdictOn(
  reason: Reason,
  { checkedAtNs, failures }: Past,
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
  if (checkedAtNs === undefined || checkedAtNs === checkPending) {
    return { kind: "check" };
  }
  const againAtNs = endOf(checkedAtNs, cooldownMs(reason, settings), nowNs);
  return againAtNs === undefined
    ? { kind: "check" }
    : { kind: "cooling-down", checkedAtNs, againAtNs };
}

/**
 * Returns the end of a period that began at `fromNs`, or undefined if it is over. A beginning in the future was written
 * by a clock that has been set back since, so that such a period counts as over.
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
  const growing = exponentialWaits({
    firstMs: firstBackoffMs,
    growth: 2,
    maxMs: maxBackoffMs,
  });
  return reason === "sync" || reason === "send"
    ? (growing(failures) ?? maxBackoffMs)
    : firstBackoffMs;
}
