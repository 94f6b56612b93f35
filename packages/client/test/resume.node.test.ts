import { historyServerClient } from "@history-sync/history-client";
import type { HistoryServer } from "@history-sync/sync-worker";
import { expect, test } from "vitest";
import { remember } from "./support/past.js";
import { World } from "./support/world.js";

const messages = 8_000;

/** A history server that falls silent in the first download after so many bytes. */
function silentAfter(bytes: number): {
  readonly server: HistoryServer;
  readonly offsets: readonly number[];
} {
  const client = historyServerClient();
  const offsets: number[] = [];
  return {
    offsets,
    server: {
      ...client,
      async download(url, options = {}) {
        offsets.push(options.offset ?? 0);
        const body = await client.download(url, options);
        return offsets.length === 1 ? body.pipeThrough(silence(bytes)) : body;
      },
    },
  };
}

function silence(bytes: number): TransformStream<Uint8Array, Uint8Array> {
  let passed = 0;
  return new TransformStream({
    transform(chunk, controller) {
      passed += chunk.length;
      if (passed < bytes) controller.enqueue(chunk);
    },
    flush: () => new Promise(() => {}),
  });
}

test("an import resumes at the stored cursor after SIGKILL", async () => {
  await using world = await World.open();
  const a = await world.start("a");
  await remember(a.store, messages);
  const { server: historyServer, offsets } = silentAfter(750_000);
  const b = await world.start("b", { historyServer });
  const updates = b.client.history.updates();
  await a.client.syncAllDeviceSyncGroups();
  for await (const update of updates) {
    if (update.type === "progress" && update.elements > 1_000) break;
  }
  await world.stop(b);

  const back = await world.start("b", { historyServer });
  await back.client.settled();
  const [asked] = await back.client.history.requests();
  expect(asked?.stage).toMatchObject({
    name: "receipted",
    receipt: { complete: true, expected: messages, present: messages },
  });
  expect((await back.store.history.counts()).messages).toBe(messages);
  expect(offsets).toHaveLength(2);
  expect(offsets[1]).toBeGreaterThan(100_000);
});
