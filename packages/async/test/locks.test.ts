import fc from "fast-check";
import { expect, test } from "vitest";
import { KeyedMutex, Mutex, Semaphore } from "../src/index.js";
import { deferred, flush } from "./deferred.js";

test("Mutex starts work in the order of the calls, one at a time, whatever fails", () =>
  fc.assert(
    fc.asyncProperty(
      fc.scheduler(),
      fc.array(fc.boolean(), { maxLength: 12 }),
      async (s, fails) => {
        const mutex = new Mutex();
        const events: string[] = [];
        const runs = fails.map((fail, i) =>
          mutex.run(async () => {
            events.push(`start ${i}`);
            await s.schedule(Promise.resolve());
            events.push(`end ${i}`);
            if (fail) throw new Error(`failed ${i}`);
            return i;
          }),
        );
        const settled = Promise.allSettled(runs);
        await s.waitFor(settled);
        expect(events).toEqual(
          fails.flatMap((_, i) => [`start ${i}`, `end ${i}`]),
        );
        const results = await settled;
        expect(results.map(({ status }) => status === "rejected")).toEqual(
          fails,
        );
      },
    ),
  ));

test("Semaphore keeps the order and never exceeds its permits, whichever waiters abort", () =>
  fc.assert(
    fc.asyncProperty(
      fc.scheduler(),
      fc.integer({ min: 1, max: 4 }),
      fc.array(fc.boolean(), { maxLength: 12 }),
      async (s, permits, aborts) => {
        const semaphore = new Semaphore(permits);
        const started: number[] = [];
        let running = 0;
        let most = 0;
        const controllers = aborts.map(() => new AbortController());
        const runs = controllers.map(({ signal }, i) =>
          semaphore.run(async () => {
            started.push(i);
            running++;
            most = Math.max(most, running);
            await s.schedule(Promise.resolve());
            running--;
          }, signal),
        );
        const settled = Promise.allSettled(runs);
        controllers.forEach((controller, i) => {
          if (aborts[i]) controller.abort(new Error(`aborted ${i}`));
        });
        await s.waitFor(settled);
        const kept = aborts.flatMap((aborted, i) => (aborted ? [] : [i]));
        expect(started).toEqual(kept);
        expect(most).toBe(Math.min(permits, kept.length));
        const results = await settled;
        results.forEach((result, i) => {
          expect(result.status).toBe(aborts[i] ? "rejected" : "fulfilled");
        });
        // All permits are back.
        await Promise.all(
          Array.from({ length: permits + 1 }, () => semaphore.run(() => {})),
        );
      },
    ),
  ));

test("Semaphore refuses less than 1 permit", () => {
  expect(() => new Semaphore(0)).toThrow("at least 1 permit, got 0");
  expect(() => new Semaphore(1.5)).toThrow(RangeError);
});

test("Mutex rejects queued work at once when its signal aborts, and never starts it", async () => {
  const mutex = new Mutex();
  const first = deferred<string>();
  const running = mutex.run(() => first.promise);
  const abort = new AbortController();
  let started = false;
  const queued = mutex.run(() => {
    started = true;
  }, abort.signal);
  const next = mutex.run(() => "next");
  abort.abort(new Error("enough"));
  await expect(queued).rejects.toThrow("enough");
  first.resolve("first");
  expect(await running).toBe("first");
  expect(await next).toBe("next");
  expect(started).toBe(false);
  await expect(mutex.run(() => {}, abort.signal)).rejects.toThrow("enough");
});

test("Mutex passes the turn on when the signal aborts between the turn and the start", async () => {
  const mutex = new Mutex();
  const abort = new AbortController();
  const first = deferred<void>();
  const running = mutex.run(() => first.promise);
  let started = false;
  const queued = mutex.run(() => {
    started = true;
  }, abort.signal);
  const aborting = first.promise.then(() =>
    queueMicrotask(() => abort.abort(new Error("x"))),
  );
  first.resolve();
  await running;
  await aborting;
  await Promise.allSettled([queued]);
  expect(await mutex.run(() => "free")).toBe("free");
  expect(abort.signal.aborted).toBe(true);
  if (started) await queued;
  else await expect(queued).rejects.toThrow("x");
});

test("Mutex lets running work finish when its signal aborts", async () => {
  const mutex = new Mutex();
  const abort = new AbortController();
  const work = deferred<string>();
  const running = mutex.run(() => work.promise, abort.signal);
  await flush();
  abort.abort();
  work.resolve("done");
  expect(await running).toBe("done");
});

test("Mutex returns what synchronous work returns or throws", async () => {
  const mutex = new Mutex();
  expect(await mutex.run(() => 1)).toBe(1);
  const failing = mutex.run(() => {
    throw new Error("broken");
  });
  await expect(failing).rejects.toThrow("broken");
  expect(await mutex.run(() => 2)).toBe(2);
});

test("KeyedMutex keeps the order for each key, runs keys concurrently and forgets unused ones", () =>
  fc.assert(
    fc.asyncProperty(
      fc.scheduler(),
      fc.array(fc.constantFrom("a", "b", "c"), { maxLength: 15 }),
      async (s, keys) => {
        const mutex = new KeyedMutex<string>();
        const started = new Map<string, number[]>();
        const running = new Set<string>();
        const runs = keys.map((key, i) =>
          mutex.run(key, async () => {
            expect(running.has(key)).toBe(false);
            running.add(key);
            started.set(key, [...(started.get(key) ?? []), i]);
            await s.schedule(Promise.resolve());
            running.delete(key);
          }),
        );
        await flush();
        expect(running.size).toBe(new Set(keys).size);
        expect(mutex.size).toBe(running.size);
        await s.waitFor(Promise.all(runs));
        for (const indices of started.values()) {
          expect(indices).toEqual(indices.toSorted((a, b) => a - b));
        }
        expect(mutex.size).toBe(0);
      },
    ),
  ));
