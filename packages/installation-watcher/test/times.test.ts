import { systemClock } from "@history-sync/primitives";
import { ManualClock } from "@history-sync/primitives/testing";
import { expect, test } from "vitest";
import { checkPending, createInstallationWatcher } from "../src/index.js";
import { MemoryCheckTimes } from "../src/memory.js";
import { checkTimesContract } from "../src/testing/index.js";
import { minutes, seconds, Watched } from "./support/watched.js";

checkTimesContract("memory", async () => {
  const times = new MemoryCheckTimes();
  return { times, reopen: async () => times };
});

test("the cool-down goes on after a restart", async () => {
  const before = new Watched();
  const first = before.watcher.check("alix", "sync");
  (await before.look(0)).succeed();
  await first;
  await before.watcher.close();

  const { clock, times } = before;
  clock.advance(30 * minutes - 1);
  const after = new Watched({ clock, times });
  expect(await after.watcher.check("alix", "sync")).toMatchObject({
    kind: "cooling-down",
  });
});

test.each(["sync", "identity-update"] as const)(
  "a check for %s that a crash cut short is made after the restart",
  async (reason) => {
    const before = new Watched();
    const first = before.watcher.check("alix", "send");
    (await before.look(0)).succeed();
    await first;
    before.clock.advance(30 * minutes);
    before.watcher.check("alix", reason).catch(() => {});
    await before.look(1);

    const { clock, times } = before;
    expect(await times.get("alix")).toBe(checkPending);
    const after = new Watched({ clock, times });
    const synced = after.watcher.check("alix", "sync");
    (await after.look(0)).succeed();
    expect(await synced).toMatchObject({ kind: "checked" });
  },
);

test("a check that is owed is made though the clock stands at its beginning", async () => {
  const w = new Watched({ clock: new ManualClock(seconds) });
  await w.times.set("alix", checkPending);
  const answer = w.watcher.check("alix", "sync");
  (await w.look(0)).succeed();
  expect(await answer).toMatchObject({ kind: "checked" });
});

test.each(["sync", "send"] as const)(
  "%s checks once when the clock was set back, then cools down by the new time",
  async (reason) => {
    const future = new Watched({
      clock: new ManualClock(1_900_000_000_000),
    });
    const first = future.watcher.check("alix", reason);
    (await future.look(0)).succeed();
    await first;

    const { times } = future;
    const w = new Watched({ clock: new ManualClock(), times });
    const answer = w.watcher.check("alix", reason);
    (await w.look(0)).succeed();
    expect(await answer).toMatchObject({ kind: "checked" });
    w.clock.advance(seconds);
    expect(await w.watcher.check("alix", reason)).toMatchObject({
      kind: "cooling-down",
    });
  },
);

test("a clock that was set forward makes one check early, no more", async () => {
  const w = new Watched();
  const first = w.watcher.check("alix", "sync");
  (await w.look(0)).succeed();
  await first;
  w.clock.advance(10 * 365 * 24 * 60 * minutes);
  const second = w.watcher.check("alix", "sync");
  (await w.look(1)).succeed();
  await second;
  expect(await w.watcher.check("alix", "sync")).toMatchObject({
    kind: "cooling-down",
  });
});

test("a clock that was set back doesn't prolong the wait after a failure", async () => {
  const w = new Watched();
  const failed = w.watcher.check("alix", "sync");
  (await w.look(0)).fail();
  await expect(failed).rejects.toThrow("no network");
  w.clock.advance(-60 * minutes);
  const again = w.watcher.check("alix", "sync");
  (await w.look(1)).fail();
  await expect(again).rejects.toThrow("no network");
  await expect(w.watcher.check("alix", "sync")).rejects.toMatchObject({
    code: "backing-off",
  });
});

test("a clock that is set back during a check doesn't prolong the cool-down", async () => {
  const w = new Watched();
  const first = w.watcher.check("alix", "sync");
  const look = await w.look(0);
  w.clock.advance(-60 * minutes);
  look.succeed();
  await first;
  const second = w.watcher.check("alix", "sync");
  (await w.look(1)).succeed();
  expect(await second).toMatchObject({ kind: "checked" });
});

test("by the real clock", async () => {
  let looks = 0;
  await using watcher = createInstallationWatcher(
    {
      checkInstallations: async () => {
        looks++;
        return { added: [], revoked: [] };
      },
      times: new MemoryCheckTimes(),
    },
    { sendCooldownMs: 40 },
  );
  const began = performance.now();
  let rounds = 0;
  while (looks < 3) {
    await watcher.check("alix", "send");
    await systemClock.sleep(1);
    rounds++;
  }
  // The clock's milliseconds may cut one off at each of the two gaps.
  expect(performance.now() - began).toBeGreaterThanOrEqual(78);
  expect(rounds).toBeGreaterThan(looks);
});

test("a check that has ended leaves no timer behind", async () => {
  const timers: (AbortSignal | undefined)[] = [];
  await using watcher = createInstallationWatcher({
    checkInstallations: async () => ({ added: [], revoked: [] }),
    times: new MemoryCheckTimes(),
    clock: {
      nowMs: systemClock.nowMs,
      sleep: (ms, signal) => {
        timers.push(signal);
        return systemClock.sleep(ms, signal);
      },
    },
  });
  await watcher.check("alix", "sync");
  expect(timers.map((signal) => signal?.aborted)).toEqual([true]);
});

test("by the real clock, a check that hangs is given up", async () => {
  await using watcher = createInstallationWatcher(
    {
      checkInstallations: () => new Promise<never>(() => {}),
      times: new MemoryCheckTimes(),
    },
    { checkTimeoutMs: 10 },
  );
  await expect(watcher.check("alix", "sync")).rejects.toMatchObject({
    code: "check-timed-out",
  });
});
