import { expect, test } from "vitest";
import {
  createInstallationWatcher,
  type WatcherSettings,
} from "../src/index.js";
import { MemoryLookTimes } from "../src/memory.js";

const ports = {
  look: async () => ({ added: [], revoked: [] }),
  times: new MemoryLookTimes(),
};

test.each<WatcherSettings>([
  { syncCooldownMs: -1 },
  { sendCooldownMs: 0.5 },
  { firstBackoffMs: 0 },
  { maxBackoffMs: 4_999 },
  { lookLimitMs: 2 ** 31 },
  { maxLooks: 0 },
  { maxLooks: Number.NaN },
])("refuses %j", (settings) => {
  expect(() => createInstallationWatcher(ports, settings)).toThrow(
    expect.objectContaining({
      code: "invalid-setting",
      message: expect.stringContaining(Object.keys(settings)[0] ?? ""),
    }),
  );
});

test("takes settings at the edge of their range", async () => {
  await using watcher = createInstallationWatcher(ports, {
    syncCooldownMs: 0,
    sendCooldownMs: 2 ** 31 - 1,
    firstBackoffMs: 1,
    maxBackoffMs: 1,
    lookLimitMs: 1,
    maxLooks: 1,
  });
  for (const _ of [1, 2]) {
    expect(await watcher.check("alix", "sync")).toMatchObject({
      kind: "looked",
    });
  }
  expect(await watcher.check("alix", "send")).toMatchObject({
    kind: "cooling-down",
  });
});
