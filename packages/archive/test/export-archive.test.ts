import { expect, test } from "vitest";
import { type ArchiveSource, exportArchive } from "../src/index.js";
import { MemoryHistory } from "../src/memory.js";
import {
  put,
  sampleConsent,
  sampleGroup,
  sampleHmacKey,
  sampleMessage,
  sampleNs,
} from "../src/testing/index.js";
import { clock, exported } from "./archives.js";

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

test("an archive has XMTP's order, and our element last", async () => {
  const messages = ["group", "group", "groupMessage", "groupMessage"];
  expect(await kinds({})).toEqual([
    "metadata",
    ...messages,
    "consent",
    "hmacKey",
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

test("metadata says what was asked for", async () => {
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

test("a window takes what was sent after startNs and up to endNs", async () => {
  const window = { startNs: sampleNs + 1n, endNs: sampleNs + 2n };
  expect(await kinds({ ...window, elements: ["messages"] })).toEqual([
    "metadata",
    "group",
    "group",
    "groupMessage",
    "hmacKey",
  ]);
});

test("what expired by the clock's time stays behind", async () => {
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

test("progress counts elements, a page at a time", async () => {
  const done: number[] = [];
  await kinds({ onProgress: (elements) => done.push(elements) });
  expect(done).toEqual([1, 3, 5, 6, 7]);
});

test("the snapshot is closed at the end, at an abort and when the reader stops", async () => {
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
