import fc from "fast-check";
import { expect, test } from "vitest";
import { coalesce, KeyedCoalescer, mapConcurrently } from "../src/index.js";
import { deferred, flush } from "./deferred.js";

test("mapConcurrently returns the results in order with at most `limit` items in progress", () =>
  fc.assert(
    fc.asyncProperty(
      fc.scheduler(),
      fc.array(fc.integer(), { maxLength: 20 }),
      fc.integer({ min: 1, max: 6 }),
      async (s, items, limit) => {
        let running = 0;
        let most = 0;
        const mapped = mapConcurrently(items, limit, async (item, index) => {
          most = Math.max(most, ++running);
          await s.schedule(Promise.resolve());
          running--;
          return { item, index };
        });
        const results = await s.waitFor(mapped);
        expect(results).toEqual(items.map((item, index) => ({ item, index })));
        expect(most).toBe(Math.min(limit, items.length));
      },
    ),
  ));

test("mapConcurrently rejects with the first failure and starts no further item", async () => {
  const started: number[] = [];
  const slow = deferred<void>();
  const mapped = mapConcurrently([0, 1, 2, 3, 4], 2, async (item) => {
    started.push(item);
    if (item === 0) await slow.promise;
    if (item === 2) throw new Error("broken");
  });
  await expect(mapped).rejects.toThrow("broken");
  slow.resolve();
  await flush();
  expect(started).toEqual([0, 1, 2]);
});

test("mapConcurrently ends with its signal and starts no further item", async () => {
  const abort = new AbortController();
  const started: number[] = [];
  const gate = deferred<void>();
  const mapped = mapConcurrently(
    new Set([0, 1, 2]),
    1,
    async (item) => {
      started.push(item);
      await gate.promise;
    },
    abort.signal,
  );
  abort.abort(new Error("enough"));
  await expect(mapped).rejects.toThrow("enough");
  gate.resolve();
  await flush();
  expect(started).toEqual([0]);
  await expect(
    mapConcurrently([1], 1, async () => 1, abort.signal),
  ).rejects.toThrow("enough");
});

test("mapConcurrently refuses a limit below 1", async () => {
  await expect(mapConcurrently([1], 0, async () => 1)).rejects.toThrow(
    "at least 1, got 0",
  );
});

test("coalesce never loses a call: each sees everything that happened before it", () =>
  fc.assert(
    fc.asyncProperty(
      fc.scheduler(),
      fc.array(fc.boolean(), { maxLength: 15 }),
      async (s, pauses) => {
        let written = 0;
        let runs = 0;
        let isRunning = false;
        const refresh = coalesce(async () => {
          expect(isRunning).toBe(false);
          isRunning = true;
          runs++;
          const seen = written;
          await s.schedule(Promise.resolve());
          isRunning = false;
          return seen;
        });
        const calls: Promise<number>[] = [];
        for (const pause of pauses) {
          written++;
          calls.push(refresh());
          if (!pause) continue;
          await flush();
          if (s.count() > 0) await s.waitOne();
        }
        const seen = await s.waitFor(Promise.all(calls));
        seen.forEach((value, call) => {
          expect(value).toBeGreaterThanOrEqual(call + 1);
        });
        expect(runs).toBeLessThanOrEqual(calls.length);
      },
    ),
  ));

test("coalesce makes all calls during a run cause exactly one more run", async () => {
  const runs: ReturnType<typeof deferred<number>>[] = [];
  const refresh = coalesce(() => {
    const run = deferred<number>();
    runs.push(run);
    return run.promise;
  });
  const first = refresh();
  await flush();
  const later = [refresh(), refresh(), refresh()];
  await flush();
  expect(runs).toHaveLength(1);
  runs[0]?.resolve(1);
  expect(await first).toBe(1);
  await flush();
  expect(runs).toHaveLength(2);
  runs[1]?.resolve(2);
  expect(await Promise.all(later)).toEqual([2, 2, 2]);
  expect(runs).toHaveLength(2);
});

test("coalesce runs again after a failure, which rejects only the calls that shared it", async () => {
  let fail = true;
  const refresh = coalesce(async () => {
    if (fail) throw new Error("broken");
    return "whole";
  });
  const first = refresh();
  const second = refresh();
  await expect(first).rejects.toThrow("broken");
  await expect(second).rejects.toThrow("broken");
  fail = false;
  expect(await refresh()).toBe("whole");
});

test("coalesce ends only the waiting of a caller whose signal aborts", async () => {
  const abort = new AbortController();
  const work = deferred<string>();
  const refresh = coalesce(() => work.promise);
  const impatient = refresh(abort.signal);
  const patient = refresh();
  abort.abort(new Error("enough"));
  await expect(impatient).rejects.toThrow("enough");
  await expect(refresh(abort.signal)).rejects.toThrow("enough");
  work.resolve("done");
  expect(await patient).toBe("done");
});

test("KeyedCoalescer runs different keys concurrently and shares runs of one key", async () => {
  const runs = new KeyedCoalescer<string, string>();
  const started: string[] = [];
  const gate = deferred<void>();
  const run = (key: string) =>
    runs.run(key, async () => {
      started.push(key);
      await gate.promise;
      return key;
    });
  const calls = [run("a"), run("a"), run("b")];
  await flush();
  expect(started).toEqual(["a", "b"]);
  calls.push(run("a"), run("a"));
  gate.resolve();
  expect(await Promise.all(calls)).toEqual(["a", "a", "b", "a", "a"]);
  expect(started).toEqual(["a", "b", "a"]);
});
