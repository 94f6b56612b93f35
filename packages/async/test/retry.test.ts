import { HistorySyncError } from "@history-sync/primitives";
import {
  ManualClock,
  unsafeSeededBytes,
} from "@history-sync/primitives/testing";
import fc from "fast-check";
import { expect, test } from "vitest";
import {
  Backoff,
  exponentialWaits,
  fixedWaits,
  isRetryable,
  retry,
} from "../src/index.js";
import { flush } from "./deferred.js";
import { InstantClock } from "./instant-clock.js";

class TestError extends HistorySyncError {}

const passing = () => new TestError("passing", "x", { retryable: true });
const final = () => new TestError("final", "x");

/** Fails as often as told, then returns the number of the attempt. */
function failing(times: number, error: () => Error = passing) {
  return async (attempt: number) => {
    if (attempt <= times) throw error();
    return attempt;
  };
}

test("retry waits as its policy says until the work succeeds", async () => {
  const clock = new InstantClock();
  const retries: unknown[] = [];
  const policy = { waitMs: fixedWaits([10, 20, 30]) };
  const attempt = await retry(failing(2), policy, {
    clock,
    onRetry: (error, { failures, waitMs }) =>
      retries.push([(error as TestError).code, failures, waitMs]),
  });
  expect(attempt).toBe(3);
  expect(clock.slept).toEqual([10, 20]);
  expect(retries).toEqual([
    ["passing", 1, 10],
    ["passing", 2, 20],
  ]);
});

test("retry makes one attempt more than there are waits, for any list", () =>
  fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: 1, max: 1_000 }), { maxLength: 8 }),
      fc.nat(10),
      async (waits, failures) => {
        const clock = new InstantClock();
        let attempts = 0;
        const work = async (attempt: number) => {
          attempts++;
          return failing(failures)(attempt);
        };
        const policy = { waitMs: fixedWaits(waits) };
        const result = await retry(work, policy, { clock }).catch(isRetryable);
        const succeeds = failures <= waits.length;
        expect(result).toBe(succeeds ? failures + 1 : true);
        expect(attempts).toBe(Math.min(failures, waits.length) + 1);
        expect(clock.slept).toEqual(waits.slice(0, attempts - 1));
      },
    ),
  ));

test("retry rejects at once with an error that can't pass", async () => {
  const clock = new InstantClock();
  const policy = { waitMs: fixedWaits([10]) };
  await expect(
    retry(failing(1, final), policy, { clock }),
  ).rejects.toMatchObject({ code: "final" });
  const unknown = () => new Error("unknown");
  await expect(retry(failing(1, unknown), policy, { clock })).rejects.toThrow(
    "unknown",
  );
  expect(clock.slept).toEqual([]);
  const any = { ...policy, isRetryable: () => true };
  expect(await retry(failing(1, unknown), any, { clock })).toBe(2);
});

test("retry doesn't sleep for a wait of 0", async () => {
  const clock = new InstantClock();
  expect(
    await retry(failing(2), { waitMs: fixedWaits([0, 5]) }, { clock }),
  ).toBe(3);
  expect(clock.slept).toEqual([5]);
});

test("retry gives up before a wait that ends after maxTotalMs", async () => {
  const clock = new InstantClock();
  const policy = { waitMs: () => 40, maxTotalMs: 100 };
  await expect(retry(failing(9), policy, { clock })).rejects.toMatchObject({
    code: "passing",
  });
  expect(clock.slept).toEqual([40, 40]);
});

test("retry ends with the reason of its signal: before, between and during waits", async () => {
  const clock = new ManualClock();
  const abort = new AbortController();
  const policy = { waitMs: () => 1_000 };
  const options = { clock, signal: abort.signal };
  const waiting = retry(failing(1), policy, options);
  await flush();
  abort.abort(new Error("enough"));
  await expect(waiting).rejects.toThrow("enough");
  let attempts = 0;
  const work = async () => attempts++;
  await expect(retry(work, policy, options)).rejects.toThrow("enough");
  expect(attempts).toBe(0);
  const later = new AbortController();
  const aborting = async () => {
    later.abort(new Error("later"));
    throw passing();
  };
  await expect(
    retry(aborting, policy, { clock, signal: later.signal }),
  ).rejects.toThrow("later");
});

test("Backoff starts its waits and its total time again after progress", async () => {
  const clock = new InstantClock();
  const policy = { waitMs: fixedWaits([10, 20]), maxTotalMs: 35 };
  const backoff = new Backoff(policy, { clock });
  await backoff.afterFailure(passing());
  await backoff.afterFailure(passing());
  backoff.reset();
  await backoff.afterFailure(passing());
  await backoff.afterFailure(passing());
  expect(clock.slept).toEqual([10, 20, 10, 20]);
  await expect(backoff.afterFailure(passing())).rejects.toBeInstanceOf(
    TestError,
  );
});

test("exponentialWaits grow by their factor up to the longest, then end", () => {
  const waits = exponentialWaits({
    firstMs: 100,
    growth: 2,
    maxMs: 500,
    maxRetries: 5,
  });
  expect([1, 2, 3, 4, 5, 6].map(waits)).toEqual([
    100,
    200,
    400,
    500,
    500,
    undefined,
  ]);
});

test("exponentialWaits with jitter stay within the fraction below the full wait", () =>
  fc.assert(
    fc.property(
      fc.nat(),
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.integer({ min: 1, max: 2_000 }),
      (seed, fraction, failures) => {
        const options = { firstMs: 100, growth: 1.5, maxMs: 10_000 };
        const jitter = { fraction, randomBytes: unsafeSeededBytes(seed) };
        const full = exponentialWaits(options)(failures) ?? 0;
        const waitMs = exponentialWaits({ ...options, jitter })(failures) ?? 0;
        expect(waitMs).toBeLessThanOrEqual(full);
        expect(waitMs).toBeGreaterThanOrEqual(full * (1 - fraction) - 1e-6);
      },
    ),
  ));

test("fixedWaits give up after the last, or repeat another one for ever", () => {
  expect([1, 2, 3].map(fixedWaits([5, 6]))).toEqual([5, 6, undefined]);
  expect([1, 2, 3, 99].map(fixedWaits([5, 6], 7))).toEqual([5, 6, 7, 7]);
});
