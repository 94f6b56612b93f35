import {
  type Clock,
  HistorySyncError,
  type Logger,
} from "@history-sync/primitives";
import { expect, test } from "vitest";
import { retryLater, tried, tryUntilDone } from "../../src/work/retries.js";

const group = "00".repeat(16) as Parameters<typeof tried>[1];

class TestError extends HistorySyncError<string> {}

function recorded() {
  const waits: number[] = [];
  const events: unknown[] = [];
  const clock: Clock = {
    nowMs: () => waits.reduce((sum, ms) => sum + ms, 0),
    sleep: async (ms) => {
      waits.push(ms);
    },
  };
  const log: Logger = (event, fields) => events.push([event, fields]);
  const closing = new AbortController();
  return {
    waits,
    events,
    closing,
    parts: { clock, log, closing: closing.signal },
  };
}

function failing(code: string, retryable: boolean): () => Promise<never> {
  return async () => {
    throw new TestError(code, "expected success", { retryable });
  };
}

test("tryUntilDone waits longer after each run with failures and ends after one without", async () => {
  const { waits, events, parts } = recorded();
  const failures = [2, 1, 0];
  await tryUntilDone("later", parts, async () => failures.shift() ?? 9);
  expect(waits).toEqual([2_000, 3_000]);
  expect(events).toEqual([
    ["later", { failures: 2, waitMs: 2_000 }],
    ["later", { failures: 1, waitMs: 3_000 }],
  ]);
});

test("tryUntilDone resolves after 20 runs with failures, with waits of at most a minute", async () => {
  const { waits, parts } = recorded();
  let runs = 0;
  await tryUntilDone("later", parts, async () => {
    runs += 1;
    return 1;
  });
  expect(runs).toBe(20);
  expect(Math.max(...waits)).toBe(60_000);
});

test("tryUntilDone rejects with what a run throws, and with the reason of the client's closing", async () => {
  const { closing, parts } = recorded();
  await expect(
    tryUntilDone("later", parts, failing("store-broken", false)),
  ).rejects.toMatchObject({ code: "store-broken" });
  closing.abort(new Error("closed"));
  await expect(tryUntilDone("later", parts, async () => 1)).rejects.toThrow(
    "closed",
  );
});

test("tried counts retryable failures, logs all, and throws foreign errors", async () => {
  const { events, parts } = recorded();
  const run = (work: () => Promise<unknown>) =>
    tried("failed", group, parts, work);
  expect(await run(async () => {})).toBe(0);
  expect(await run(failing("node-away", true))).toBe(1);
  expect(await run(failing("refused", false))).toBe(0);
  expect(events).toEqual([
    ["failed", { group, code: "node-away" }],
    ["failed", { group, code: "refused" }],
  ]);
  const broken = async () => {
    throw new TypeError("broken");
  };
  await expect(run(broken)).rejects.toThrow(TypeError);
});

test("retryLater logs a retryable failure and throws any other", async () => {
  const { events, parts } = recorded();
  await retryLater(failing("node-away", true), parts.log);
  expect(events).toEqual([["client.later", { code: "node-away" }]]);
  await expect(
    retryLater(failing("refused", false), parts.log),
  ).rejects.toMatchObject({ code: "refused" });
});
