import { installationIdOf } from "@history-sync/primitives";
import { expect, test } from "vitest";
import {
  decodeElement,
  type Element,
  encodeElement,
  type ImportSummary,
  importArchive,
} from "../src/index.js";
import { MemoryHistory } from "../src/memory.js";
import {
  put,
  sampleConsent,
  sampleGroup,
  sampleId,
  sampleMessage,
} from "../src/testing/index.js";
import { clock, each, exportedFrames } from "./archives.js";

const groups = [sampleGroup(1), sampleGroup(2)] as const;
const messages = Array.from({ length: 20 }, (_, n) =>
  sampleMessage(n, groups[n % 4 === 0 ? 0 : 1]),
);
const installationId = installationIdOf(sampleId(7));

async function archive(order: "xmtp" | "newest-first" = "xmtp") {
  const history = new MemoryHistory();
  await put(history, { groups, messages, consent: [sampleConsent(1)] });
  return exportedFrames(history, { order, installationId });
}

function imported(
  frames: readonly Uint8Array[],
  history: MemoryHistory = new MemoryHistory(),
): Promise<ImportSummary> {
  return importArchive(each(frames), history, { importId: "test", clock });
}

const isMessageOf = (n: number) => (frame: Uint8Array) => {
  const element = decodeElement(frame, { position: 0 });
  return element.case === "groupMessage" && element.value.groupId[15] === n;
};

test.each(["xmtp", "newest-first"] as const)(
  "a whole archive has a receipt that says so (%s)",
  async (order) => {
    const { receipt, metadata } = await imported(await archive(order));
    expect(receipt).toMatchObject({
      complete: true,
      hasManifest: true,
      messages: { expected: 20, present: 20, missing: 0, digestMatches: true },
      groups: { expected: 2, seen: 2 },
      consent: { expected: 1, seen: 1 },
    });
    const ofOne = (n: number) =>
      receipt?.conversations.find(({ groupId }) => groupId[15] === n);
    expect(ofOne(1)).toMatchObject({ expected: 5, present: 5 });
    expect(ofOne(2)).toMatchObject({ expected: 15, present: 15 });
    expect(metadata.installationId).toEqual(sampleId(7));
    expect(metadata.archiveId).toHaveLength(16);
  },
);

test("removed messages are reported missing, although everything else is authentic (T1)", async () => {
  const frames = await archive();
  const cut = frames.findLastIndex(isMessageOf(1));
  const { receipt } = await imported(frames.toSpliced(cut, 1));
  expect(receipt).toMatchObject({
    complete: false,
    hasManifest: true,
    messages: { expected: 20, present: 19, missing: 1, digestMatches: false },
  });
  const [first, second] = receipt?.conversations ?? [];
  expect(first).toMatchObject({ present: 4, missing: 1, digestMatches: false });
  expect(second).toMatchObject({ missing: 0, digestMatches: true });
});

test("a removed conversation and a removed consent record are reported missing (T1)", async () => {
  const frames = await archive();
  const isOther = isMessageOf(1);
  const { receipt } = await imported(frames.filter((frame) => !isOther(frame)));
  expect(receipt?.complete).toBe(false);
  expect(receipt?.conversations[0]).toMatchObject({ expected: 5, missing: 5 });
  const consent = frames.findIndex(
    (frame) => decodeElement(frame, { position: 0 }).case === "consent",
  );
  const without = await imported(frames.toSpliced(consent, 1));
  expect(without.receipt).toMatchObject({
    complete: false,
    consent: { expected: 1, seen: 0 },
  });
});

test("an archive that ends early is incomplete, at whatever frame it ends (T1)", async () => {
  for (const order of ["xmtp", "newest-first"] as const) {
    const frames = await archive(order);
    for (let length = 1; length < frames.length; length++) {
      const { receipt } = await imported(frames.slice(0, length));
      expect(receipt).toMatchObject({ complete: false, hasManifest: false });
    }
  }
});

test("a repeated message doesn't count for a missing one (T2)", async () => {
  const frames = await archive();
  const at = frames.findIndex(isMessageOf(2));
  const twice = frames.with(at + 1, frames[at] ?? new Uint8Array());
  const { receipt } = await imported(twice);
  expect(receipt?.messages).toMatchObject({ missing: 0, digestMatches: false });
  expect(receipt?.complete).toBe(false);
});

test("the manifest of another archive doesn't match (T3)", async () => {
  const [one, other] = [await archive(), await archive()];
  const { receipt } = await imported([...one.slice(0, -1), ...other.slice(-1)]);
  expect(receipt?.messages.digestMatches).toBe(true);
  expect(receipt?.complete).toBe(false);
});

test("messages with another body count as conflicting, invalid ones as skipped (T13)", async () => {
  const history = new MemoryHistory();
  const forged = { decryptedMessageBytes: Uint8Array.of(6) };
  await put(history, {
    groups,
    messages: [sampleMessage(1, groups[1], forged)],
  });
  const source = new MemoryHistory();
  const absurd = sampleMessage(99, groups[0], { sentAtNs: -1n });
  await put(source, { groups, messages: [...messages, absurd] });
  const { receipt } = await imported(await exportedFrames(source), history);
  expect(receipt?.messages).toMatchObject({
    expected: 21,
    present: 19,
    conflicting: 1,
    skipped: 1,
    missing: 0,
    digestMatches: true,
  });
  expect(receipt?.complete).toBe(false);
});

test("a receipt counts what earlier runs imported", async () => {
  for (const order of ["xmtp", "newest-first"] as const) {
    const frames = await archive(order);
    for (let length = 1; length <= frames.length; length++) {
      const history = new MemoryHistory();
      await imported(frames.slice(0, length), history);
      const rest = await imported(frames, history);
      expect(rest.resumedAfter).toBe(length);
      expect(rest.receipt).toMatchObject({
        complete: true,
        messages: { expected: 20, present: 20 },
      });
    }
  }
});

test("a repeated import is complete and writes nothing", async () => {
  const history = new MemoryHistory();
  const frames = await archive();
  await imported(frames, history);
  const again = await importArchive(each(frames), history, {
    importId: "again",
    clock,
  });
  expect(again.messages.inserted).toBe(0);
  expect(again.receipt?.complete).toBe(true);
});

test("an archive that promises no manifest has no receipt", async () => {
  const elements: readonly Element[] = [
    { case: "group", value: groups[0] },
    { case: "groupMessage", value: messages[0] as never },
  ];
  const history = new MemoryHistory();
  await put(history, { groups, messages });
  const plain = await exportedFrames(history, { includeManifest: false });
  expect((await imported(plain)).receipt).toBeUndefined();
  const foreign = [...plain.slice(0, 1), ...elements.map(encodeElement)];
  expect((await imported(foreign)).receipt).toBeUndefined();
});
