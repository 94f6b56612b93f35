import type { Caller } from "./caller.js";
import { InstallationWatcherError } from "./errors.js";
import type { Finding, Outcome } from "./finding.js";
import type { WatcherSettings } from "./settings.js";
import { type Past, type Verdict, verdictOn } from "./verdict.js";

/** A caller, and whether it needs a look by now. */
interface Judged<Found extends Finding> {
  readonly caller: Caller<Outcome<Found>>;
  readonly verdict: Verdict;
}

/** The verdicts on all who haven't left, at one and the same time. */
export function judge<Found extends Finding>(
  callers: readonly Caller<Outcome<Found>>[],
  past: Past,
  nowNs: bigint,
  settings: Required<WatcherSettings>,
): readonly Judged<Found>[] {
  return callers
    .filter(({ waiting }) => waiting)
    .map((caller) => ({
      caller,
      verdict: verdictOn(caller.reason, past, nowNs, settings),
    }));
}

export function needsLook({ verdict }: { readonly verdict: Verdict }): boolean {
  return verdict.kind === "look";
}

/** Answers a caller that gets no look. */
export function decline<Found extends Finding>({
  caller,
  verdict,
}: Judged<Found>): void {
  if (verdict.kind === "cooling-down") caller.resolve(verdict);
  if (verdict.kind === "backing-off") {
    const { againAtNs: retryAtNs, cause } = verdict;
    caller.reject(
      new InstallationWatcherError(
        "backing-off",
        `expected a look, got none before ${retryAtNs} ns: the last one failed`,
        { retryable: true, cause, retryAtNs },
      ),
    );
  }
}
