import { expect, test } from "vitest";
import { minutes, phone, seconds, tablet, Watched } from "./support/watched.js";

const startNs = 1_700_000_000_000_000_000n;

test("the first call checks, and returns what was found", async () => {
  const w = new Watched();
  const answer = w.watcher.check("alix", "sync");
  (await w.look(0)).succeed({ added: [phone], revoked: [tablet] });
  expect(await answer).toEqual({
    kind: "checked",
    checkedAtNs: startNs,
    found: { added: [phone], revoked: [tablet], look: 0 },
  });
});

test.each([
  ["sync", 30 * minutes],
  ["send", 5 * seconds],
] as const)(
  "%s checks again after its cool-down, not before",
  async (reason, coolMs) => {
    const w = new Watched();
    const first = w.watcher.check("alix", reason);
    (await w.look(0)).succeed();
    await first;

    w.clock.advance(coolMs - 1);
    expect(await w.watcher.check("alix", reason)).toEqual({
      kind: "cooling-down",
      checkedAtNs: startNs,
      againAtNs: startNs + BigInt(coolMs) * 1_000_000n,
    });
    expect(w.looks).toHaveLength(1);

    w.clock.advance(1);
    const second = w.watcher.check("alix", reason);
    (await w.look(1)).succeed();
    expect(await second).toMatchObject({ kind: "checked" });
  },
);

test("the cool-downs are settings", async () => {
  const settings = { syncCooldownMs: 100, sendCooldownMs: 0 };
  const w = new Watched({ settings });
  for (const index of [0, 1]) {
    const sent = w.watcher.check("alix", "send");
    (await w.look(index)).succeed();
    await sent;
  }
  expect(await w.watcher.check("alix", "sync")).toMatchObject({
    againAtNs: startNs + 100_000_000n,
  });
});

test("the cool-down runs from the beginning of a check", async () => {
  const w = new Watched();
  const first = w.watcher.check("alix", "send");
  const slow = await w.look(0);
  w.clock.advance(6 * seconds);
  slow.succeed();
  await first;
  const second = w.watcher.check("alix", "send");
  (await w.look(1)).succeed();
  expect(await second).toMatchObject({ kind: "checked" });
});

test("sending goes round the cool-down of sync, and its check counts for sync", async () => {
  const w = new Watched();
  const first = w.watcher.check("alix", "sync");
  (await w.look(0)).succeed();
  await first;
  w.clock.advance(10 * seconds);
  const sent = w.watcher.check("alix", "send");
  (await w.look(1)).succeed();
  await sent;
  w.clock.advance(30 * minutes - 1);
  expect(await w.watcher.check("alix", "sync")).toMatchObject({
    kind: "cooling-down",
    checkedAtNs: startNs + 10_000_000_000n,
  });
});

test.each(["forced", "new-sync-group", "identity-update"] as const)(
  "%s checks at once, however fresh the last check is",
  async (reason) => {
    const w = new Watched();
    for (const index of [0, 1, 2]) {
      const answer = w.watcher.check("alix", reason);
      (await w.look(index)).succeed();
      expect(await answer).toMatchObject({ found: { look: index } });
    }
  },
);

test("a finding is handled before the callers get it", async () => {
  const order: string[] = [];
  const w = new Watched({
    onFound: async (key, { added, look }) => {
      order.push(`${key}: ${added.length} added by look ${look}`);
    },
  });
  const first = w.watcher.check("alix", "sync").then(() => order.push("told"));
  (await w.look(0)).succeed({ added: [phone] });
  await first;
  expect(order).toEqual(["alix: 1 added by look 0", "told"]);

  const second = w.watcher.check("alix", "forced");
  (await w.look(1)).succeed();
  await second;
  expect(order).toHaveLength(2);
});
