import fc from "fast-check";
import { expect, test } from "vitest";
import { InstallationWatcherError, type Reason } from "../src/index.js";
import {
  type Call,
  keys,
  left,
  maxConcurrentChecks,
  type Seen,
  type Step,
  Story,
  steps,
} from "./support/story.js";
import type { Numbered } from "./support/watched.js";
import { minutes, seconds } from "./support/watched.js";

/** Nightly runs set SLOW=1. */
const slow = globalThis.process?.env.SLOW === "1";
const runs = { numRuns: slow ? 20_000 : 300 };

const cooldownsMs: Readonly<Record<Reason, number>> = {
  sync: 30 * minutes,
  send: 5 * seconds,
  forced: 0,
  "new-sync-group": 0,
  "identity-update": 0,
};

/** The possible answers of a call. */
type Answer =
  | {
      readonly kind: "checked";
      readonly checkedAtNs: bigint;
      readonly found: Numbered;
    }
  | {
      readonly kind: "cooling-down";
      readonly checkedAtNs: bigint;
      readonly againAtNs: bigint;
    }
  | InstallationWatcherError
  | TypeError;

async function inAnyStory(holds: (story: Story) => void): Promise<void> {
  await fc.assert(
    fc.asyncProperty(steps, async (taken: readonly Step[]) => {
      const story = new Story();
      await story.play(taken);
      holds(story);
    }),
    runs,
  );
}

test("every call is answered once: by a check that began after it, or by what holds checks back", async () => {
  await inAnyStory(({ calls, seen }) => {
    for (const call of calls) {
      expect(call.answers).toHaveLength(1);
      const ofKey = seen.filter(({ look }) => look.key === call.key);
      for (const { value, atNs } of call.answers) {
        checkAnswer(call, value as Answer, atNs, ofKey);
      }
    }
  });
});

test("checks of a key keep the distance that their callers' reasons ask for", async () => {
  await inAnyStory(({ calls, seen }) => {
    for (const key of keys) {
      const ofKey = seen.filter(({ look }) => look.key === key);
      for (const [i, look] of ofKey.entries()) {
        const causes = calls.filter(
          (call) =>
            call.key === key &&
            call.looksBefore > (ofKey[i - 1]?.index ?? -1) &&
            call.looksBefore <= look.index,
        );
        checkDistance(ofKey[i - 1], look, causes);
      }
    }
  });
});

test("there is one check at a time of a key, and no more than the bound of all", async () => {
  const most = { ofOneKey: 0, ofAll: 0 };
  await inAnyStory((story) => {
    expect(story.most.ofOneKey).toBeLessThanOrEqual(1);
    expect(story.most.ofAll).toBeLessThanOrEqual(maxConcurrentChecks);
    most.ofOneKey = Math.max(most.ofOneKey, story.most.ofOneKey);
    most.ofAll = Math.max(most.ofAll, story.most.ofAll);
  });
  expect(most).toEqual({ ofOneKey: 1, ofAll: maxConcurrentChecks });
});

function checkAnswer(
  { reason, looksBefore, abort }: Call,
  answer: Answer,
  atNs: bigint,
  ofKey: readonly Seen[],
): void {
  if (answer === left) {
    expect(abort.signal.aborted).toBe(true);
  } else if (answer instanceof InstallationWatcherError) {
    expect(answer.code).toBe("backing-off");
    expect(answer.retryAtNs).toBeGreaterThan(atNs);
    const failed = ofKey.find(({ ended }) => ended?.error === answer.cause);
    expect(failed?.ended?.well).toBe(false);
  } else if (answer instanceof TypeError) {
    const failed = ofKey.find(({ ended }) => ended?.error === answer);
    expect(failed?.index).toBeGreaterThanOrEqual(looksBefore);
  } else {
    const look = ofKey.find(
      ({ look, index, ended }) =>
        ended?.well &&
        BigInt(look.beganAtMs) * 1_000_000n === answer.checkedAtNs &&
        (answer.kind === "cooling-down" || index === answer.found.look),
    );
    expect(look).toBeDefined();
    if (answer.kind === "checked") {
      expect(look?.index).toBeGreaterThanOrEqual(looksBefore);
    } else {
      expect(answer.againAtNs).toBeGreaterThan(atNs);
      expect(answer.againAtNs - answer.checkedAtNs).toBe(
        BigInt(cooldownsMs[reason]) * 1_000_000n,
      );
    }
  }
}

/** `causes` are the calls after the beginning of `before`, and before that of `look`. */
function checkDistance(
  before: Seen | undefined,
  { look }: Seen,
  causes: readonly Call[],
): void {
  expect(causes).not.toEqual([]);
  if (!before) return;
  const shortest = before.ended?.well
    ? Math.min(...causes.map(({ reason }) => cooldownsMs[reason]))
    : 5 * seconds;
  expect(look.beganAtMs - before.look.beganAtMs).toBeGreaterThanOrEqual(
    shortest,
  );
}
