import { expect, test } from "vitest";
import { Updates } from "../src/request/updates.js";

test("every watcher hears what comes after it began to watch, until the end", async () => {
  const updates = new Updates();
  updates.publish({ type: "preferences" });
  const watcher = updates.watch();
  const progress = updates.progress("request", "importing");
  progress.bytes(10);
  progress.bytes(5);
  progress.elements(2);
  updates.close();
  const heard = [];
  for await (const update of watcher) heard.push(update);
  const common = { type: "progress", requestId: "request", phase: "importing" };
  expect(heard).toEqual([
    { ...common, elements: 0, bytes: 10 },
    { ...common, elements: 0, bytes: 15 },
    { ...common, elements: 2, bytes: 15 },
  ]);
});

test("a watcher that doesn't keep up loses progress, not the rest", async () => {
  const updates = new Updates();
  const watcher = updates.watch();
  const progress = updates.progress("request", "exporting");
  updates.publish({ type: "preferences" });
  for (let i = 0; i < 5_000; i++) progress.elements(i);
  updates.close();
  const types: string[] = [];
  for await (const { type } of watcher) types.push(type);
  expect(types).toHaveLength(1_000);
  expect(types[0]).toBe("preferences");
});

test("a watcher leaves by its signal or by leaving its loop", async () => {
  const updates = new Updates();
  const abort = new AbortController();
  const watcher = updates.watch(abort.signal);
  abort.abort();
  expect(await watcher.next()).toEqual({ done: true, value: undefined });
  const leaver = updates.watch();
  updates.publish({ type: "preferences" });
  for await (const update of leaver) {
    expect(update.type).toBe("preferences");
    break;
  }
  expect(await leaver.next()).toEqual({ done: true, value: undefined });
});
