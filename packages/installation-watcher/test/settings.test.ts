import { expect, test } from "vitest";
import {
  createInstallationWatcher,
  type WatcherSettings,
} from "../src/index.js";
import { MemoryCheckTimes } from "../src/memory.js";

const ports = {
  checkInstallations: async () => ({ added: [], revoked: [] }),
  times: new MemoryCheckTimes(),
};

test.each<WatcherSettings>([
  { syncCooldownMs: -1 },
  { sendCooldownMs: 0.5 },
  { firstBackoffMs: 0 },
  { maxBackoffMs: 4_999 },
  { checkTimeoutMs: 2 ** 31 },
  { maxConcurrentChecks: 0 },
  { maxConcurrentChecks: Number.NaN },
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
    checkTimeoutMs: 1,
    maxConcurrentChecks: 1,
  });
  for (const _ of [1, 2]) {
    expect(await watcher.check("alix", "sync")).toMatchObject({
      kind: "checked",
    });
  }
  expect(await watcher.check("alix", "send")).toMatchObject({
    kind: "cooling-down",
  });
});
