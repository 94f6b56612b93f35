import fc from "fast-check";
import type { Reason } from "../../src/index.js";
import { calm, type FakeLook, minutes, seconds, Watched } from "./watched.js";

export const keys = ["alix", "bo", "caro"] as const;
export const maxConcurrentChecks = 2;
/** The reason of a caller's signal. */
export const left: TypeError = new TypeError("left");

const reasons: readonly Reason[] = [
  "sync",
  "send",
  "forced",
  "new-sync-group",
  "identity-update",
];

/** The events of a watcher. `pick` chooses among the running checks, or the waiting callers. */
export type Step =
  | { readonly does: "call"; readonly key: string; readonly reason: Reason }
  | { readonly does: "wait"; readonly ms: number }
  | { readonly does: "end"; readonly pick: number; readonly well: boolean }
  | { readonly does: "leave"; readonly pick: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  weighted(4, "call", {
    key: fc.constantFrom(...keys),
    reason: fc.constantFrom(...reasons),
  }),
  weighted(2, "wait", {
    ms: fc.oneof(fc.nat(6 * seconds), fc.nat(40 * minutes)),
  }),
  weighted(3, "end", { pick: fc.nat(), well: fc.boolean() }),
  weighted(1, "leave", { pick: fc.nat() }),
);

export const steps: fc.Arbitrary<readonly Step[]> = fc.array(step, {
  maxLength: 60,
  size: "max",
});

/** A call and what came of it. */
export interface Call {
  readonly key: string;
  readonly reason: Reason;
  /** How many looks, of all keys, had begun before it. */
  readonly looksBefore: number;
  readonly abort: AbortController;
  /** The results of the call; a second entry would be one too many. */
  readonly answers: { readonly value: unknown; readonly atNs: bigint }[];
}

/** A look, and how it ended. */
export interface Seen {
  readonly index: number;
  readonly look: FakeLook;
  ended?: { readonly well: boolean; readonly error: TypeError };
}

/** Steps taken one by one on a watcher, and all that was seen of it. */
export class Story {
  readonly calls: Call[] = [];
  readonly seen: Seen[] = [];
  /** The most looks that were under way together: of one key, and of all. */
  readonly most = { ofOneKey: 0, ofAll: 0 };
  readonly #watched = new Watched({
    // No wait is so long, so that looks end by steps only.
    settings: { maxConcurrentChecks, checkTimeoutMs: 2 ** 31 - 1 },
  });

  /** Takes the steps, then lets all looks end well. */
  async play(steps: readonly Step[]): Promise<void> {
    for (const step of steps) await this.#take(step);
    while (this.#underway().length > 0) {
      await this.#take({ does: "end", pick: 0, well: true });
    }
    await this.#watched.watcher.settled();
  }

  async #take(step: Step): Promise<void> {
    if (step.does === "call") this.#call(step.key, step.reason);
    if (step.does === "wait") this.#watched.clock.advance(step.ms);
    if (step.does === "end") end(chosen(this.#underway(), step.pick), step);
    if (step.does === "leave") {
      const waiting = this.calls.filter(({ answers }) => answers.length === 0);
      chosen(waiting, step.pick)?.abort.abort(left);
    }
    await calm();
    this.#see();
  }

  #call(key: string, reason: Reason): void {
    const { watcher, clock, looks } = this.#watched;
    const abort = new AbortController();
    const answers: Call["answers"] = [];
    const looksBefore = looks.length;
    this.calls.push({ key, reason, looksBefore, abort, answers });
    const settle = (value: unknown): void => {
      answers.push({ value, atNs: BigInt(clock.nowMs()) * 1_000_000n });
    };
    const { signal } = abort;
    watcher.check(key, reason, { signal }).then(settle, settle);
  }

  #see(): void {
    const news = this.#watched.looks.slice(this.seen.length);
    for (const look of news) {
      this.seen.push({ index: this.seen.length, look });
    }
    const underway = this.#underway().map(({ look }) => look.key);
    const { most } = this;
    most.ofAll = Math.max(most.ofAll, underway.length);
    for (const key of keys) {
      const ofKey = underway.filter((other) => other === key).length;
      most.ofOneKey = Math.max(most.ofOneKey, ofKey);
    }
  }

  #underway(): readonly Seen[] {
    return this.seen.filter(({ ended }) => !ended);
  }
}

function end(seen: Seen | undefined, { well }: { readonly well: boolean }) {
  if (!seen) return;
  const error = new TypeError("no network");
  seen.ended = { well, error };
  if (well) seen.look.succeed();
  else seen.look.fail(error);
}

function chosen<Value>(
  values: readonly Value[],
  pick: number,
): Value | undefined {
  return values[pick % values.length];
}

function weighted<Does extends string, Rest extends object>(
  weight: number,
  does: Does,
  rest: { [Name in keyof Rest]: fc.Arbitrary<Rest[Name]> },
) {
  const arbitrary = fc
    .record<Rest>(rest)
    .map((fields) => ({ does, ...fields }));
  return { weight, arbitrary };
}
