import {
  type ArchiveSnapshot,
  importArchive,
  type MessageOrder,
} from "@history-sync/archive";
import {
  put,
  readHistory,
  sampleConsent,
  sampleGroup,
  sampleHmacKey,
  sampleMessage,
  sampleNs,
} from "@history-sync/archive/testing";
import { groupIdOf } from "@history-sync/primitives";
import type { GroupMessageSave } from "@history-sync/proto/device-sync";
import { expect, test } from "vitest";
import { MemoryHistoryStore } from "../src/memory/index.js";
import { databaseName, testStore } from "./indexeddb-store.js";
import { frameCount, frames, options } from "./medium-archive.js";

const paged = { ...options, pageRows: 500 };

test("an import resumes after its tab was killed, and IndexedDB has the same rows as memory", async () => {
  const memory = new MemoryHistoryStore();
  const summary = await importArchive(frames(), memory, paged);
  const name = databaseName();
  const tab = document.createElement("iframe");
  const script = new URL("importing-tab.ts", import.meta.url);
  tab.srcdoc = `<title>${name}</title><script type="module" src="${script}"></script>`;
  document.body.append(tab);
  // The third page is on its way when the second is heard of.
  await heard((elements) => elements === 1_000);
  tab.remove();
  const { history } = await testStore(name, { wait: true });
  const { cursor } = (await history.progress("medium")) ?? {};
  expect(cursor).toBeGreaterThanOrEqual(1_000);
  expect(cursor).toBeLessThan(frameCount);
  const resumed = await importArchive(frames(), history, paged);
  expect(resumed.resumedAfter).toBe(cursor);
  expect(resumed.receipt).toEqual(summary.receipt);
  expect(await readHistory(history)).toEqual(await readHistory(memory));
  expect(await history.conversations()).toEqual(await memory.conversations());
  expect(await history.counts()).toEqual(await memory.counts());
});

test("a page is imported later when the store was closed", async () => {
  const name = databaseName();
  const closing = await testStore(name);
  let merged = 0;
  const sink = {
    progress: (id: string) => closing.history.progress(id),
    mergePage: (...call: Parameters<typeof closing.history.mergePage>) => {
      merged++;
      if (merged === 3) closing.close();
      return closing.history.mergePage(...call);
    },
  };
  await expect(importArchive(frames(), sink, paged)).rejects.toMatchObject({
    code: "closed",
  });
  const { history } = await testStore(name, { wait: true });
  const resumed = await importArchive(frames(), history, paged);
  expect(resumed.resumedAfter).toBe(1_000);
  expect((await history.counts()).messages).toBe(2_011);
});

test("a page whose merge fails writes nothing, and the store still works", async () => {
  const { history } = await testStore();
  const group = sampleGroup(1);
  await put(history, { groups: [group] });
  const page = { groups: [], messages: [sampleMessage(1, group)], consent: [] };
  const dying = history.mergePage(
    { ...page, import: { id: "a", cursor: 1 } },
    () => {
      throw new RangeError("power cut");
    },
  );
  await expect(dying).rejects.toThrow(RangeError);
  expect(await history.progress("a")).toBeUndefined();
  await put(history, page);
  expect((await history.counts()).messages).toBe(1);
});

const orders: readonly MessageOrder[] = ["oldest-first", "newest-first"];

test.for(orders)(
  "a snapshot shows the rows that are written over and moved while it is read, %s",
  async (order) => {
    const { history } = await testStore();
    const group = sampleGroup(1, { lastMessageNs: 1n });
    const messages = Array.from({ length: 2_100 }, (_, n) =>
      sampleMessage(n, group),
    );
    const consent = [sampleConsent(1)];
    const hmacKey = sampleHmacKey(1);
    await put(history, { groups: [group], messages, consent, hmacKey });
    const snapshot = await history.snapshot();
    const seen: GroupMessageSave[] = [];
    for await (const page of snapshot.messages({ nowNs: sampleNs }, order)) {
      // Rows of both ends: read already, and still to be read; some go to the other end.
      const changed = [3, 4, 1_050, 2_096, 2_097].map((n) =>
        sampleMessage(n, group, {
          deliveryStatus: 3,
          sentAtNs: sampleNs + BigInt(n % 2 === 0 ? n : 2_100 - n),
        }),
      );
      await history.put({
        groups: [{ ...group, lastMessageNs: 9n }],
        messages: [...changed, sampleMessage(5_000 + seen.length, group)],
        consent: [sampleConsent(1, { state: 3 })],
        hmacKey: sampleHmacKey(2),
      });
      seen.push(...page);
    }
    expect(seen).toEqual(
      order === "oldest-first" ? messages : messages.toReversed(),
    );
    expect(await restOf(snapshot)).toEqual({
      groups: [group],
      consent,
      hmacKey,
    });
    await snapshot.close();
    const now = await readHistory(history);
    expect(now.groups).toEqual([{ ...group, lastMessageNs: 9n }]);
    expect(now.hmacKey).toEqual(sampleHmacKey(2));
    expect(now.messages.filter((row) => row.deliveryStatus === 3)).toHaveLength(
      5,
    );
  },
);

test("a snapshot shows no row twice when a write fails while it is open", async () => {
  const { history } = await testStore();
  const group = sampleGroup(1);
  const messages = [sampleMessage(1, group), sampleMessage(2, group)];
  await put(history, { groups: [group], messages });
  const snapshot = await history.snapshot();
  const moved = sampleMessage(1, group, { sentAtNs: sampleNs + 9n });
  const orphan = { ...sampleMessage(9, sampleGroup(7)), id: moved.id };
  await expect(
    history.put({ messages: [moved, orphan] }),
  ).rejects.toMatchObject({ code: "unknown-conversation" });
  // It fails at its last row, after the first was written over.
  const tooLate = { ...moved, sentAtNs: "never" as unknown as bigint };
  await expect(history.put({ messages: [moved, tooLate] })).rejects.toThrow();
  const seen: GroupMessageSave[] = [];
  const selection = { nowNs: sampleNs };
  for await (const page of snapshot.messages(selection, "oldest-first")) {
    seen.push(...page);
  }
  expect(seen).toEqual(messages);
  await snapshot.close();
});

test("a snapshot of one conversation reads only its messages, in both orders and within a window", async () => {
  const { history } = await testStore();
  const memory = new MemoryHistoryStore();
  const groups = [1, 2, 3].map((n) => sampleGroup(n));
  const messages = Array.from({ length: 90 }, (_, n) =>
    sampleMessage(n, groups[n % 3] ?? sampleGroup(1)),
  );
  await put(history, { groups, messages });
  await put(memory, { groups, messages });
  const conversations = [groupIdOf(sampleGroup(2).id)];
  const windows = [
    {},
    { startNs: sampleNs + 10n, endNs: sampleNs + 50n },
    { startNs: sampleNs + 10n, endNs: sampleNs + 9n },
    { endNs: 2n ** 70n, newestPerConversation: 7 },
    { startNs: 2n ** 70n },
    { startNs: sampleNs + 40n, newestPerConversation: 2 },
  ];
  for (const order of orders) {
    for (const window of windows) {
      for (const chosen of [{ conversations }, {}]) {
        const selection = { ...window, ...chosen };
        expect(await readHistory(history, selection, order)).toEqual(
          await readHistory(memory, selection, order),
        );
      }
    }
  }
});

async function restOf(snapshot: ArchiveSnapshot) {
  const selection = { nowNs: sampleNs };
  const groups = [];
  const consent = [];
  for await (const page of snapshot.groups(selection)) groups.push(...page);
  for await (const page of snapshot.consent(selection)) consent.push(...page);
  return { groups, consent, hmacKey: await snapshot.hmacKey() };
}

/** Waits for a message of a tab. */
function heard(isIt: (elements: number) => boolean): Promise<void> {
  return new Promise((resolve) => {
    const listen = ({ data }: MessageEvent) => {
      if (!isIt(data)) return;
      removeEventListener("message", listen);
      resolve();
    };
    addEventListener("message", listen);
  });
}
