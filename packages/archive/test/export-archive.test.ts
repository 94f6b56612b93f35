import { groupIdOf } from "@history-sync/primitives";
import { expect, test } from "vitest";
import {
  type ArchiveSource,
  decodeElement,
  exportArchive,
} from "../src/index.js";
import { MemoryHistory } from "../src/memory.js";
import {
  put,
  sampleConsent,
  sampleGroup,
  sampleHmacKey,
  sampleId,
  sampleMessage,
  sampleNs,
} from "../src/testing/index.js";
import { clock, exported, exportedFrames } from "./archives.js";

async function sampleHistory() {
  const history = new MemoryHistory();
  const group = sampleGroup(1);
  await put(history, {
    groups: [group, sampleGroup(2)],
    messages: [sampleMessage(1, group), sampleMessage(2, group)],
    consent: [sampleConsent(1)],
    hmacKey: sampleHmacKey(1),
  });
  return history;
}

async function kinds(
  options: Parameters<typeof exported>[1],
): Promise<readonly (string | undefined)[]> {
  const elements = await exported(await sampleHistory(), options);
  return elements.map((element) => element.case);
}

test("exportArchive uses XMTP's order, with our elements last", async () => {
  const messages = ["group", "group", "groupMessage", "groupMessage"];
  expect(await kinds({ includeManifest: true })).toEqual([
    "metadata",
    ...messages,
    "consent",
    "hmacKey",
    "manifest",
  ]);
  expect(await kinds({ elements: ["consent", "messages"] })).toEqual([
    "metadata",
    "consent",
    ...messages,
    "hmacKey",
  ]);
  expect(await kinds({ elements: [], includeHmacKey: false })).toEqual([
    "metadata",
  ]);
});

test("exportArchive with newest-first puts an empty frame after everything that is useful by itself", async () => {
  const order = "newest-first";
  const frames = await exportedFrames(await sampleHistory(), { order });
  expect(frames.map(({ length }) => length === 0).indexOf(true)).toBe(5);
  const elements = frames.map((frame, position) =>
    decodeElement(frame, { position }),
  );
  expect(elements.map((element) => element.case)).toEqual([
    "metadata",
    "group",
    "group",
    "consent",
    "hmacKey",
    undefined,
    "groupMessage",
    "groupMessage",
    "manifest",
  ]);
  expect(elements[6]?.value).toEqual(sampleMessage(2, sampleGroup(1)));
  const preferences = await kinds({ order, elements: ["consent"] });
  expect(preferences).toEqual(["metadata", "consent", "hmacKey"]);
});

test("exportArchive exports only chosen conversations, with consent about them", async () => {
  const history = await sampleHistory();
  const other = sampleGroup(2);
  await put(history, {
    messages: [sampleMessage(3, other)],
    consent: [
      sampleConsent(2),
      sampleConsent(3, { entityType: 2, entity: "ab".repeat(32) }),
    ],
  });
  const elements = await exported(history, {
    conversations: [groupIdOf(other.id)],
  });
  expect(elements.map(({ value }) => value).slice(1)).toEqual([
    other,
    sampleMessage(3, other),
    sampleConsent(2),
    sampleHmacKey(1),
  ]);
});

test("exportArchive limits the messages of each conversation to the newest", async () => {
  const messages = async (newestPerConversation: number) => {
    const options = { newestPerConversation };
    const elements = await exported(await sampleHistory(), options);
    return elements.filter((element) => element.case === "groupMessage");
  };
  expect(await messages(1)).toMatchObject([{ value: { id: sampleId(2) } }]);
  expect(await messages(0)).toEqual([]);
  await expect(messages(-1)).rejects.toThrow("[invalid-option]");
  await expect(messages(1.5)).rejects.toThrow("[invalid-option]");
});

test("the metadata has the options of the export", async () => {
  const [first] = await exported(await sampleHistory(), {
    elements: ["consent", "consent"],
    startNs: sampleNs,
    endNs: sampleNs + 1n,
  });
  expect(first?.value).toMatchObject({
    elements: [2],
    exportedAtNs: sampleNs,
    startNs: sampleNs,
    endNs: sampleNs + 1n,
  });
  const [plain] = await exported(new MemoryHistory());
  expect(plain?.value).toMatchObject({ elements: [1, 2] });
  expect(plain?.value).not.toHaveProperty("startNs");
});

test("a window includes messages sent after startNs and up to endNs", async () => {
  const window = { startNs: sampleNs + 1n, endNs: sampleNs + 2n };
  expect(await kinds({ ...window, elements: ["messages"] })).toEqual([
    "metadata",
    "group",
    "group",
    "groupMessage",
    "hmacKey",
  ]);
});

test("exportArchive excludes messages that have expired", async () => {
  const history = new MemoryHistory();
  const group = sampleGroup(1, {
    messageDisappearFromNs: 1n,
    messageDisappearInNs: 10n,
  });
  const messages = [
    sampleMessage(1, group, { sentAtNs: sampleNs - 10n }),
    sampleMessage(2, group, { sentAtNs: sampleNs - 9n }),
  ];
  await put(history, { groups: [group], messages });
  const elements = await exported(history);
  expect(elements.at(-1)?.value).toEqual(messages[1]);
  expect(elements).toHaveLength(3);
});

test("onProgress counts elements, page by page", async () => {
  const done: number[] = [];
  await kinds({ onProgress: (elements) => done.push(elements) });
  expect(done).toEqual([1, 3, 5, 6, 7]);
});

test("exportArchive closes the snapshot at the end, at an abort and when the reader stops", async () => {
  const history = await sampleHistory();
  let open = 0;
  const source: ArchiveSource = {
    async snapshot() {
      const snapshot = await history.snapshot();
      open++;
      return Object.assign(snapshot, {
        async close() {
          open--;
        },
      });
    },
  };
  await exported(source);
  expect(open).toBe(0);
  for await (const frame of exportArchive(source, { clock })) {
    expect(frame.length).toBeGreaterThan(0);
    expect(open).toBe(1);
    break;
  }
  expect(open).toBe(0);
  const abort = new AbortController();
  const onProgress = () => abort.abort(new RangeError("enough"));
  const { signal } = abort;
  const aborted = exported(source, { onProgress, signal });
  await expect(aborted).rejects.toThrow("enough");
  expect(open).toBe(0);
});
