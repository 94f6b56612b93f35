import { describe, expect, test } from "vitest";
import {
  ArchiveError,
  decodeElement,
  type Element,
  encodeElement,
  validateArchive,
  validated,
} from "../src/index.js";
import { MemoryHistory } from "../src/memory.js";
import {
  put,
  sampleConsent,
  sampleGroup,
  sampleHmacKey,
  sampleMessage,
} from "../src/testing/index.js";
import { collect, each, exportedFrames, metadata } from "./archives.js";
import { framesFrom, framesOf } from "./fixtures.js";

const group = sampleGroup(1);
const message = sampleMessage(1, group);
const good: readonly Element[] = [
  metadata(),
  { case: "group", value: group },
  { case: "groupMessage", value: message },
  { case: "consent", value: sampleConsent(1) },
  { case: "hmacKey", value: sampleHmacKey(1) },
];

async function archive() {
  const history = new MemoryHistory();
  await put(history, {
    groups: [group],
    messages: [1, 2, 3].map((n) => sampleMessage(n, group)),
    consent: [sampleConsent(1)],
    hmacKey: sampleHmacKey(1),
  });
  return exportedFrames(history, { order: "newest-first" });
}

test("validateArchive accepts our exports, in both orders", async () => {
  const report = await validateArchive(each(await archive()));
  expect(report).toMatchObject({
    valid: true,
    problems: [],
    frames: 9,
    groups: 1,
    messages: 3,
    consent: 1,
    hmacKeys: 1,
    unknownElements: 0,
    duplicatesChecked: true,
  });
  expect(report.manifest?.messages).toBe(3);
  expect((await validateArchive(framesFrom(good))).valid).toBe(true);
});

test("validateArchive accepts libxmtp's exports", async () => {
  const report = await validateArchive(framesOf("medium"));
  expect(report).toMatchObject({ valid: true, messages: 2_011, groups: 22 });
  expect(report.manifest).toBeUndefined();
});

describe("problems", () => {
  const other = sampleMessage(2, sampleGroup(2));
  const [first, ofGroup, ofMessage, ofConsent, ofKey] = good as [
    Element,
    Element,
    Element,
    Element,
    Element,
  ];
  test.each([
    ["no-metadata", [ofGroup]],
    ["no-metadata", [ofGroup, first]],
    ["no-metadata", []],
    ["repeated-metadata", [...good, first]],
    ["unknown-conversation", [first, ofMessage, ofGroup]],
    ["unknown-conversation", [...good, { case: "groupMessage", value: other }]],
    ["duplicate", [...good, ofGroup]],
    ["duplicate", [...good, ofMessage]],
    ["duplicate", [...good, ofConsent]],
    ["duplicate", [...good, ofKey]],
  ] as [string, Element[]][])("%s %#", async (code, elements) => {
    const report = await validateArchive(framesFrom(elements));
    expect(report.valid).toBe(false);
    expect(report.problems[0]?.code).toBe(code);
    const passing = collect(validated(framesFrom(elements)));
    await expect(passing).rejects.toThrow(`got ${code}`);
    await expect(passing).rejects.toBeInstanceOf(ArchiveError);
  });

  test("a row that imports skip is reported, and doesn't stop validated", async () => {
    const elements: Element[] = [
      ...good,
      { case: "groupMessage", value: sampleMessage(2, group, { kind: 0 }) },
    ];
    const { valid, problems } = await validateArchive(framesFrom(elements));
    expect(valid).toBe(false);
    expect(problems).toMatchObject([
      { code: "bad-row", position: 5, reason: "kind" },
    ]);
    const passed = await collect(validated(framesFrom(elements)));
    expect(passed).toEqual(elements.map(encodeElement));
  });

  test("a frame that isn't an element ends the validation", async () => {
    const frames = [...(await archive()).slice(0, 2), Uint8Array.of(0xff)];
    const report = await validateArchive(each([...frames, ...frames]));
    expect(report).toMatchObject({ valid: false, frames: 3 });
    expect(report.problems).toMatchObject([{ code: "bad-frame", position: 2 }]);
  });

  test("every removed, repeated or swapped frame is found (T1, T2)", async () => {
    const frames = await archive();
    for (const [at, frame] of frames.entries()) {
      const isBreak = frame.length === 0;
      const cut = await validateArchive(each(frames.toSpliced(at, 1)));
      const isKey = decodeElement(frame, { position: at }).case === "hmacKey";
      expect(cut.valid).toBe(isBreak || isKey);
      const twice = await validateArchive(each(frames.toSpliced(at, 0, frame)));
      expect(twice.valid).toBe(isBreak);
    }
    const [last = new Uint8Array()] = frames.slice(-1);
    const early = [...frames.slice(0, -2), last, ...frames.slice(-2, -1)];
    const { problems } = await validateArchive(each(early));
    expect(problems.map(({ code }) => code)).toContain("after-manifest");
  });

  test("all problems are counted, and a hundred are listed", async () => {
    const many = Array.from(
      { length: 150 },
      (): Element => ({
        case: "group",
        value: group,
      }),
    );
    const report = await validateArchive(framesFrom([metadata(), ...many]));
    expect(report.problems).toHaveLength(100);
    expect(report.problemCount).toBe(149);
  });
});

test("a fault after a hundred skipped rows is still named", async () => {
  const strays = Array.from({ length: 150 }, (_, n): Element => {
    const value = sampleMessage(n + 10, sampleGroup(2));
    return { case: "groupMessage", value };
  });
  const twice: Element = { case: "groupMessage", value: message };
  const frames = framesFrom([...good, ...strays, twice]);
  const { problems, problemCount } = await validateArchive(frames);
  expect(problemCount).toBe(151);
  expect(problems).toHaveLength(101);
  expect(problems.at(-1)?.code).toMatch("duplicate");
});
