import { expect, test } from "vitest";
import type { Reason } from "../src/index.js";
import { calm, seconds, Watched } from "./support/watched.js";

test("calls that come together share a check", async () => {
  const w = new Watched();
  const reasons: readonly Reason[] = ["sync", "send", "forced", "sync"];
  const answers = reasons.map((reason) => w.watcher.check("alix", reason));
  (await w.look(0)).succeed();
  for (const answer of await Promise.all(answers)) {
    expect(answer).toMatchObject({ kind: "checked", found: { look: 0 } });
  }
  expect(w.looks).toHaveLength(1);
});

test("calls during a check cause exactly one more, which serves them all", async () => {
  const w = new Watched();
  const first = w.watcher.check("alix", "sync");
  const slow = await w.look(0);
  const during = [];
  for (let i = 0; i < 20; i++) {
    during.push(w.watcher.check("alix", i % 2 ? "forced" : "new-sync-group"));
    await calm();
  }
  during.push(w.watcher.check("alix", "sync"));
  await calm();
  expect(w.looks).toHaveLength(1);

  slow.succeed();
  expect(await first).toMatchObject({ found: { look: 0 } });
  (await w.look(1)).succeed();
  for (const answer of await Promise.all(during)) {
    expect(answer).toMatchObject({ kind: "checked", found: { look: 1 } });
  }
  await w.watcher.settled();
  expect(w.looks).toHaveLength(2);
});

test("calls during a check that are satisfied with it get the cool-down's answer at its end", async () => {
  const w = new Watched();
  const first = w.watcher.check("alix", "sync");
  const slow = await w.look(0);
  const during = [
    w.watcher.check("alix", "sync"),
    w.watcher.check("alix", "send"),
  ];
  w.clock.advance(4 * seconds);
  slow.succeed();
  await first;
  for (const answer of await Promise.all(during)) {
    expect(answer).toMatchObject({
      kind: "cooling-down",
      checkedAtNs: BigInt(slow.beganAtMs) * 1_000_000n,
    });
  }
});

test("no more than ten keys are checked together, the others in their order", async () => {
  const w = new Watched();
  const keys = Array.from({ length: 25 }, (_, i) => `inbox ${i}`);
  const answers = keys.map((key) => w.watcher.check(key, "sync"));
  for (const index of keys.keys()) {
    const look = await w.look(index);
    expect(w.looks).toHaveLength(Math.min(10 + index, keys.length));
    look.succeed();
  }
  await Promise.all(answers);
  expect(w.looks.map(({ key }) => key)).toEqual(keys);
});

test("a cool-down's answer waits for nobody", async () => {
  const w = new Watched({ settings: { maxConcurrentChecks: 1 } });
  const first = w.watcher.check("alix", "sync");
  (await w.look(0)).succeed();
  await first;
  const slow = w.watcher.check("bo", "sync");
  await w.look(1);
  expect(await w.watcher.check("alix", "sync")).toMatchObject({
    kind: "cooling-down",
  });
  (await w.look(1)).succeed();
  await slow;
});

test("a caller that comes before the check's turn is served by it", async () => {
  const w = new Watched({ settings: { maxConcurrentChecks: 1 } });
  const bo = w.watcher.check("bo", "sync");
  const early = w.watcher.check("alix", "sync");
  await w.look(0);
  const late = w.watcher.check("alix", "forced");
  (await w.look(0)).succeed();
  (await w.look(1)).succeed();
  await Promise.all([bo, early, late]);
  expect(w.looks.map(({ key }) => key)).toEqual(["bo", "alix"]);
});
