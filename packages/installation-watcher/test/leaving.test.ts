import { expect, test, vi } from "vitest";
import { MemoryCheckTimes } from "../src/memory.js";
import { calm, Watched } from "./support/watched.js";

const enough = new TypeError("enough");

test("a caller's signal ends its waiting; the check continues for the others", async () => {
  const w = new Watched();
  const abort = new AbortController();
  const { signal } = abort;
  const left = w.watcher.check("alix", "sync", { signal });
  const stayed = w.watcher.check("alix", "sync");
  const look = await w.look(0);
  abort.abort(enough);
  await expect(left).rejects.toBe(enough);
  expect(look.signal.aborted).toBe(false);
  look.succeed();
  expect(await stayed).toMatchObject({ kind: "checked" });
});

test("a signal that has fired before asks for nothing", async () => {
  const w = new Watched();
  const signal = AbortSignal.abort(enough);
  await expect(w.watcher.check("alix", "sync", { signal })).rejects.toBe(
    enough,
  );
  await calm();
  expect(w.looks).toEqual([]);
});

test("a signal that lives on lets go of calls that were answered", async () => {
  const w = new Watched();
  const { signal } = new AbortController();
  const added = vi.spyOn(signal, "addEventListener");
  const removed = vi.spyOn(signal, "removeEventListener");
  const answer = w.watcher.check("alix", "sync", { signal });
  (await w.look(0)).succeed();
  await answer;
  expect(added).toHaveBeenCalledOnce();
  expect(removed.mock.calls.map(([, listener]) => listener)).toEqual(
    added.mock.calls.map(([, listener]) => listener),
  );
});

test("no check is made for callers that have left before their turn", async () => {
  const w = new Watched({ settings: { maxConcurrentChecks: 1 } });
  const abort = new AbortController();
  const { signal } = abort;
  const bo = w.watcher.check("bo", "sync");
  const alix = w.watcher.check("alix", "sync", { signal });
  const again = w.watcher.check("bo", "forced", { signal });
  await w.look(0);
  abort.abort(enough);
  await expect(alix).rejects.toBe(enough);
  await expect(again).rejects.toBe(enough);
  (await w.look(0)).succeed();
  await bo;
  await w.watcher.settled();
  expect(w.looks).toHaveLength(1);
  expect(await w.times.get("alix")).toBeUndefined();
});

test("closing cancels the checks and rejects all calls", async () => {
  const w = new Watched({ settings: { maxConcurrentChecks: 1 } });
  const waiting = [
    w.watcher.check("alix", "sync"),
    w.watcher.check("bo", "send"),
  ];
  const look = await w.look(0);
  waiting.push(w.watcher.check("alix", "forced"));
  const closing = w.watcher.close();
  expect(look.signal.aborted).toBe(true);
  for (const answer of waiting) {
    await expect(answer).rejects.toMatchObject({ code: "closed" });
  }
  await closing;
  await w.watcher.close();
  await expect(w.watcher.check("alix", "sync")).rejects.toMatchObject({
    code: "closed",
  });
  expect(w.looks).toHaveLength(1);
});

test("closing before a check has begun keeps it from beginning", async () => {
  const times = new MemoryCheckTimes();
  const w = new Watched({ times });
  const closed: Promise<void>[] = [];
  vi.spyOn(times, "set").mockImplementation(async () => {
    closed.push(w.watcher.close());
  });
  const answer = w.watcher.check("alix", "sync");
  await expect(answer).rejects.toMatchObject({ code: "closed" });
  await Promise.all(closed);
  expect(closed).toHaveLength(1);
  expect(w.looks).toEqual([]);
});

test("closing waits for the end of a check that ignores its signal, up to its limit", async () => {
  const events: string[] = [];
  const w = new Watched({ log: (event) => events.push(event) });
  w.ignoreSignals = true;
  const answer = w.watcher.check("alix", "sync");
  await w.look(0);
  let closed = false;
  const closing = w.watcher.close().then(() => {
    closed = true;
  });
  await expect(answer).rejects.toMatchObject({ code: "closed" });
  await calm();
  expect(closed).toBe(false);
  w.clock.advance(120_000);
  await closing;
  expect(events).toEqual([]);
});

test("a watcher can be held with `await using`", async () => {
  const w = new Watched();
  let answer: Promise<unknown>;
  {
    await using watcher = w.watcher;
    answer = watcher.check("alix", "sync");
    answer.catch(() => {});
    await w.look(0);
  }
  await expect(answer).rejects.toMatchObject({ code: "closed" });
});
