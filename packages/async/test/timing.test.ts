import { ManualClock } from "@history-sync/primitives/testing";
import { expect, test } from "vitest";
import { sleepUntil, unlessAborted, withDeadline } from "../src/index.js";
import { deferred, flush } from "./deferred.js";
import { InstantClock } from "./instant-clock.js";

const late = () => new Error("late");

test("unlessAborted ends the waiting on an abort, not the work", async () => {
  const abort = new AbortController();
  const never = new Promise<void>(() => {});
  const waiting = unlessAborted(never, abort.signal);
  expect(await unlessAborted(Promise.resolve(1), abort.signal)).toBe(1);
  expect(await unlessAborted(Promise.resolve(2), undefined)).toBe(2);
  const failing = Promise.reject(new Error("broken"));
  await expect(unlessAborted(failing, abort.signal)).rejects.toThrow("broken");
  abort.abort(new Error("enough"));
  await expect(waiting).rejects.toThrow("enough");
  await expect(unlessAborted(never, abort.signal)).rejects.toThrow("enough");
});

test("withDeadline returns what the work returns in time, and ends its timer", async () => {
  const clock = new ManualClock();
  let sleeping: AbortSignal | undefined;
  const sleep = clock.sleep.bind(clock);
  clock.sleep = (ms, signal) => {
    sleeping = signal;
    return sleep(ms, signal);
  };
  const result = withDeadline(async () => "done", 10, { clock, error: late });
  expect(await result).toBe("done");
  expect(sleeping?.aborted).toBe(true);
  const failing = withDeadline(() => Promise.reject(new Error("broken")), 10, {
    clock,
    error: late,
  });
  await expect(failing).rejects.toThrow("broken");
});

test("withDeadline rejects after the time although the work ignores its signal", async () => {
  const clock = new ManualClock();
  const work = deferred<void>();
  let given: AbortSignal | undefined;
  const result = withDeadline(
    (signal) => {
      given = signal;
      return work.promise;
    },
    10,
    { clock, error: late },
  );
  clock.advance(9);
  await flush();
  expect(given?.aborted).toBe(false);
  clock.advance(1);
  await expect(result).rejects.toThrow("late");
  expect(given?.reason).toMatchObject({ message: "late" });
  // A failure after the deadline has no caller: it must not end the process.
  work.reject(new Error("too late"));
  await flush();
});

test("withDeadline passes an abort on to the work", async () => {
  const clock = new ManualClock();
  const abort = new AbortController();
  const options = { clock, error: late, signal: abort.signal };
  let given: AbortSignal | undefined;
  const result = withDeadline(
    (signal) => {
      given = signal;
      return new Promise(() => {});
    },
    10,
    options,
  );
  abort.abort(new Error("enough"));
  await expect(result).rejects.toThrow("enough");
  expect(given?.aborted).toBe(true);
  let started = false;
  const refused = withDeadline(
    async () => {
      started = true;
    },
    10,
    options,
  );
  await expect(refused).rejects.toThrow("enough");
  expect(started).toBe(false);
});

test("sleepUntil wakes at its time, not before, in sleeps of at most an hour", async () => {
  const clock = new InstantClock();
  const nowNs = BigInt(clock.nowMs()) * 1_000_000n;
  const hourMs = 3_600_000;
  await sleepUntil(nowNs + 9_000_000_000_001n, { clock });
  expect(clock.slept).toEqual([hourMs, hourMs, 1_800_001]);
  await sleepUntil(nowNs, { clock });
  expect(clock.slept).toHaveLength(3);
});

test("sleepUntil ends with its signal", async () => {
  const clock = new ManualClock(0);
  const abort = new AbortController();
  const sleeping = sleepUntil(1_000_000n, { clock, signal: abort.signal });
  abort.abort(new Error("awake"));
  await expect(sleeping).rejects.toThrow("awake");
  await expect(sleepUntil(0n, { clock, signal: abort.signal })).rejects.toThrow(
    "awake",
  );
});
