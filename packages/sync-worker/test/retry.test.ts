import { ManualClock } from "@history-sync/primitives/testing";
import { expect, test } from "vitest";
import { withRetries } from "../src/work/retry.js";
import { ServerFault } from "./fake-history-server.js";

const noAbort = new AbortController().signal;

/** A clock on which every sleep passes at once, and is written down. */
class PassingClock extends ManualClock {
  readonly slept: number[] = [];

  override async sleep(ms: number): Promise<void> {
    this.slept.push(ms);
    this.advance(ms);
  }
}

test("waits 2 s, then half as long again each time, at most 60 s, 20 tries in all", async () => {
  const clock = new PassingClock();
  const fault = new ServerFault(true);
  const tries = withRetries(clock, noAbort, () => Promise.reject(fault));
  await expect(tries).rejects.toBe(fault);
  expect(clock.slept).toHaveLength(19);
  expect(clock.slept.slice(0, 3)).toEqual([2_000, 3_000, 4_500]);
  expect(clock.slept.at(-1)).toBe(60_000);
});

test("a step that can't succeed is tried once", async () => {
  const clock = new PassingClock();
  for (const fault of [new ServerFault(false), new Error("a bug")]) {
    const tries = withRetries(clock, noAbort, () => Promise.reject(fault));
    await expect(tries).rejects.toBe(fault);
  }
  expect(clock.slept).toEqual([]);
});

test("gives what the first good try gave", async () => {
  const clock = new PassingClock();
  let tries = 0;
  const result = await withRetries(clock, noAbort, async () => {
    tries++;
    if (tries < 3) throw new ServerFault(true);
    return "done";
  });
  expect(result).toBe("done");
  expect(clock.slept).toEqual([2_000, 3_000]);
});

test("a wait ends with the signal", async () => {
  const abort = new AbortController();
  const clock = new ManualClock();
  const tries = withRetries(clock, abort.signal, () =>
    Promise.reject(new ServerFault(true)),
  );
  abort.abort(new Error("closed"));
  await expect(tries).rejects.toThrow("closed");
});
