import { expect, test } from "vitest";
import { type CheckTimes, checkPending } from "../src/index.js";
import { MemoryCheckTimes } from "../src/memory.js";
import { calm, minutes, phone, seconds, Watched } from "./support/watched.js";

const noNetwork = new TypeError("no network");

test("a failed check rejects its callers with its error, and doesn't count", async () => {
  const w = new Watched();
  const served = [
    w.watcher.check("alix", "sync"),
    w.watcher.check("alix", "send"),
  ];
  (await w.look(0)).fail(noNetwork);
  for (const answer of served) await expect(answer).rejects.toBe(noNetwork);

  w.clock.advance(5 * seconds);
  const again = w.watcher.check("alix", "sync");
  (await w.look(1)).succeed();
  expect(await again).toMatchObject({ kind: "checked" });
});

test("a failed check isn't repeated before its time, which doubles up to five minutes", async () => {
  const w = new Watched();
  const waits = [5, 10, 20, 40, 80, 160, 300, 300].map((s) => s * seconds);
  for (const [index, waitMs] of waits.entries()) {
    const answer = w.watcher.check("alix", index % 2 ? "sync" : "send");
    (await w.look(index)).fail(noNetwork);
    await expect(answer).rejects.toBe(noNetwork);

    const retryAtNs = BigInt(w.clock.nowMs() + waitMs) * 1_000_000n;
    for (const stepMs of [0, waitMs - 1]) {
      w.clock.advance(stepMs);
      await expect(w.watcher.check("alix", "send")).rejects.toMatchObject({
        code: "backing-off",
        retryable: true,
        cause: noNetwork,
        retryAtNs,
      });
    }
    expect(w.looks).toHaveLength(index + 1);
    w.clock.advance(1);
  }
});

test("a reason that checks at once waits for the first of these times only", async () => {
  const w = new Watched();
  for (const index of [0, 1, 2, 3]) {
    const answer = w.watcher.check("alix", "forced");
    (await w.look(index)).fail(noNetwork);
    await expect(answer).rejects.toBe(noNetwork);
    await expect(w.watcher.check("alix", "forced")).rejects.toMatchObject({
      code: "backing-off",
    });
    w.clock.advance(5 * seconds);
  }
});

test("a success ends the row of failures", async () => {
  const w = new Watched();
  for (const index of [0, 1]) {
    const failed = w.watcher.check("alix", "forced");
    (await w.look(index)).fail(noNetwork);
    await expect(failed).rejects.toBe(noNetwork);
    w.clock.advance(5 * seconds);
  }
  const good = w.watcher.check("alix", "forced");
  (await w.look(2)).succeed();
  await good;
  const failed = w.watcher.check("alix", "forced");
  (await w.look(3)).fail(noNetwork);
  await expect(failed).rejects.toBe(noNetwork);
  w.clock.advance(5 * seconds);
  const sent = w.watcher.check("alix", "send");
  (await w.look(4)).succeed();
  expect(await sent).toMatchObject({ kind: "checked" });
});

test("news whose check failed is made up for by the next sync, in spite of its cool-down", async () => {
  const w = new Watched();
  const first = w.watcher.check("alix", "sync");
  (await w.look(0)).succeed();
  await first;
  w.clock.advance(minutes);
  const news = w.watcher.check("alix", "identity-update");
  (await w.look(1)).fail(noNetwork);
  await expect(news).rejects.toBe(noNetwork);
  w.clock.advance(5 * seconds);
  const synced = w.watcher.check("alix", "sync");
  (await w.look(2)).succeed();
  expect(await synced).toMatchObject({ kind: "checked" });
});

test("a call during a check that failed is rejected because it is too early", async () => {
  const w = new Watched();
  const first = w.watcher.check("alix", "sync");
  await w.look(0);
  const during = w.watcher.check("alix", "forced");
  (await w.look(0)).fail(noNetwork);
  await expect(first).rejects.toBe(noNetwork);
  await expect(during).rejects.toMatchObject({
    code: "backing-off",
    cause: noNetwork,
  });
  expect(w.looks).toHaveLength(1);
});

test("a check that hangs is given up, and its late finding is dropped", async () => {
  const found: string[] = [];
  const w = new Watched({ onFound: (key) => void found.push(key) });
  w.ignoreSignals = true;
  const answer = w.watcher.check("alix", "send");
  const hanging = await w.look(0);
  w.clock.advance(2 * minutes);
  await expect(answer).rejects.toMatchObject({
    code: "check-timed-out",
    retryable: true,
  });
  expect(hanging.signal.aborted).toBe(true);
  hanging.succeed({ added: [phone] });
  await calm();
  expect(found).toEqual([]);
  expect(await w.times.get("alix")).toBe(checkPending);
});

test("a check whose finding couldn't be handled has failed", async () => {
  const full = new TypeError("disk full");
  const w = new Watched({ onFound: () => Promise.reject(full) });
  const answer = w.watcher.check("alix", "sync");
  (await w.look(0)).succeed({ revoked: [phone] });
  await expect(answer).rejects.toBe(full);
  w.clock.advance(5 * seconds);
  const again = w.watcher.check("alix", "sync");
  (await w.look(1)).succeed();
  expect(await again).toMatchObject({ kind: "checked" });
});

test("an error of the store reaches the callers, and no check is made without the store", async () => {
  const lost = new TypeError("store lost");
  const memory = new MemoryCheckTimes();
  const fail = { get: true, set: false };
  const times: CheckTimes = {
    get: async (key) => {
      if (fail.get) throw lost;
      return memory.get(key);
    },
    set: async (key, ns) => {
      if (fail.set) throw lost;
      await memory.set(key, ns);
    },
  };
  const w = new Watched({ times });
  await expect(w.watcher.check("alix", "sync")).rejects.toBe(lost);
  fail.get = false;
  fail.set = true;
  await expect(w.watcher.check("alix", "sync")).rejects.toBe(lost);
  expect(w.looks).toEqual([]);

  fail.set = false;
  const answer = w.watcher.check("alix", "sync");
  const look = await w.look(0);
  fail.set = true;
  look.succeed();
  await expect(answer).rejects.toBe(lost);
  await expect(w.watcher.check("alix", "sync")).rejects.toMatchObject({
    code: "backing-off",
  });
});

test("the log has counts, and no error's text", async () => {
  const events: unknown[] = [];
  const w = new Watched({ log: (...event) => events.push(event) });
  const good = w.watcher.check("alix", "sync");
  (await w.look(0)).succeed({ added: [phone] });
  await good;
  const bad = w.watcher.check("alix", "forced");
  (await w.look(1)).fail(noNetwork);
  await expect(bad).rejects.toBe(noNetwork);
  expect(events).toEqual([
    ["installation-check.done", { key: "alix", added: 1, revoked: 0 }],
    ["installation-check.failed", { key: "alix", failures: 1 }],
  ]);
});
