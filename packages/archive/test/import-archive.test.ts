import { toHex } from "@history-sync/primitives";
import { ManualClock } from "@history-sync/primitives/testing";
import { DeliveryStatusSave } from "@history-sync/proto/device-sync";
import { expect, test } from "vitest";
import {
  ArchiveError,
  type ArchiveSink,
  type Element,
  encodeElement,
  importArchive,
  readMetadata,
} from "../src/index.js";
import { MemoryHistory } from "../src/memory.js";
import {
  noRows,
  put,
  readHistory,
  sampleConsent,
  sampleGroup,
  sampleHmacKey,
  sampleMessage,
  sampleNs,
} from "../src/testing/index.js";
import { clock, exported, imported, metadata } from "./archives.js";
import { fixtures, framesFrom, framesOf, jsonOf } from "./fixtures.js";

const options = { importId: "test", clock };
/** A moment after libxmtp's archives were made: none of their messages has expired. */
const today = { importId: "test", clock: new ManualClock(1_795_391_000_000) };
const group = sampleGroup(1);

test("libxmtp's archive is the same after an import and an export", async () => {
  const history = new MemoryHistory();
  const summary = await importArchive(framesOf("medium"), history, today);
  expect(summary).toMatchObject({
    frames: 2_058,
    resumedAfter: 0,
    groups: { inserted: 22, skipped: {} },
    messages: { inserted: 2_011, skipped: {} },
    consent: { inserted: 24, skipped: {} },
    stubs: 0,
    unknownElements: 0,
  });
  const out = (await exported(history, today)).slice(1).map(jsonOf);
  const expected = (fixtures.medium ?? [])
    .slice(1)
    .map((element) =>
      JSON.parse(
        JSON.stringify(element).replace("STATE_SAVE_ALLOWED", (text) =>
          "group" in element ? "STATE_SAVE_RESTORED" : text,
        ),
      ),
    );
  expect(sorted(out)).toEqual(sorted(expected));
});

test("a second import of an archive changes nothing (T4)", async () => {
  const history = new MemoryHistory();
  await importArchive(framesOf("medium"), history, today);
  const before = await readHistory(history);
  const same = await importArchive(framesOf("medium"), history, today);
  expect(same).toMatchObject({ frames: 2_058, resumedAfter: 2_058 });
  const other = { ...today, importId: "other" };
  const again = await importArchive(framesOf("medium"), history, other);
  expect(again).toMatchObject({
    resumedAfter: 0,
    groups: { alreadyThere: 22, updated: 0 },
    messages: { alreadyThere: 2_011, conflicts: 0 },
    consent: { alreadyThere: 24 },
  });
  expect(await readHistory(history)).toEqual(before);
});

test("an import that was interrupted after any page resumes there", async () => {
  const whole = new MemoryHistory();
  await importArchive(framesOf("medium"), whole, today);
  const expected = await readHistory(whole);
  const pages = Math.ceil(2_058 / 250);
  for (let k = 0; k < pages; k++) {
    const history = new MemoryHistory();
    const dying = { ...today, pageRows: 250 };
    const first = importArchive(framesOf("medium"), failing(history, k), dying);
    await expect(first).rejects.toThrow("out of disk");
    expect((await history.progress("test"))?.cursor ?? 0).toBe(k * 250);
    const rest = await importArchive(framesOf("medium"), history, dying);
    expect(rest.resumedAfter).toBe(k * 250);
    expect(await readHistory(history)).toEqual(expected);
  }
});

test("importArchive bounds pages by rows and by bytes", async () => {
  const history = new MemoryHistory();
  const done: number[] = [];
  const onProgress = (elements: number) => done.push(elements);
  const messages = [1, 2, 3, 4].map((n) => messageElement(n));
  await imported(history, messages, { pageRows: 2, onProgress });
  expect(done).toEqual([2, 4, 5]);
  done.length = 0;
  const byBytes = { importId: "bytes", pageBytes: 1, onProgress };
  await imported(history, messages, byBytes);
  expect(done).toEqual([1, 2, 3, 4, 5]);
});

test("importArchive keeps the rows before a bad frame, an error or an abort", async () => {
  const good = [metadata(), messageElement(1)];
  const bad = async function* () {
    yield* framesFrom(good);
    yield Uint8Array.of(0xff);
  };
  const torn = async function* () {
    yield* framesFrom(good);
    throw new RangeError("cut off");
  };
  const abort = new AbortController();
  const aborted = async function* () {
    yield* framesFrom(good);
    abort.abort(new RangeError("enough"));
    yield encodeElement(messageElement(2));
  };
  for (const [frames, message] of [
    [bad, "[bad-frame] frame 2"],
    [torn, "cut off"],
    [aborted, "enough"],
  ] as const) {
    const history = new MemoryHistory();
    const { signal } = abort;
    const run = importArchive(
      frames(),
      history,
      frames === aborted ? { ...options, signal } : options,
    );
    await expect(run).rejects.toThrow(message);
    expect((await readHistory(history)).messages).toHaveLength(1);
    expect((await history.progress("test"))?.cursor).toBe(2);
  }
});

test("importArchive refuses an archive that doesn't start with metadata", async () => {
  const history = new MemoryHistory();
  const without = framesFrom([messageElement(1)]);
  await expect(importArchive(without, history, options)).rejects.toThrow(
    "[no-metadata] frame 0: expected the archive's metadata, got groupMessage",
  );
  const empty = importArchive(framesFrom([]), history, options);
  await expect(empty).rejects.toThrow("no frame at all");
  await expect(readMetadata(framesFrom([]))).rejects.toThrow(ArchiveError);
});

test("readMetadata reads only the first frame", async () => {
  let closed = false;
  const frames = async function* () {
    try {
      yield* framesFrom([metadata(5n)]);
      yield Uint8Array.of(0xff);
    } finally {
      closed = true;
    }
  };
  expect((await readMetadata(frames())).exportedAtNs).toBe(5n);
  expect(closed).toBe(true);
});

test("importArchive ignores later metadata and counts unknown elements", async () => {
  const unknown = Uint8Array.of(0xe2, 0x5d, 2, 0x68, 0x69);
  const frames = async function* () {
    yield* framesFrom([metadata(5n), metadata(6n)]);
    yield unknown;
    yield* framesFrom([messageElement(1)]);
  };
  const history = new MemoryHistory();
  const summary = await importArchive(frames(), history, options);
  expect(summary.metadata.exportedAtNs).toBe(5n);
  expect(summary).toMatchObject({ unknownElements: 1, frames: 4 });
  expect(summary.messages.inserted).toBe(1);
});

test("a message that wasn't sent when the archive was made is imported as failed", async () => {
  const history = new MemoryHistory();
  const [waiting, published, failed] = [
    DeliveryStatusSave.UNPUBLISHED,
    DeliveryStatusSave.PUBLISHED,
    DeliveryStatusSave.FAILED,
  ];
  const messages = [waiting, published, failed].map((deliveryStatus, i) =>
    sampleMessage(i, group, { deliveryStatus }),
  );
  await imported(history, [
    { case: "group", value: group },
    ...messages.map((value) => ({ case: "groupMessage", value }) as const),
  ]);
  const { messages: rows } = await readHistory(history);
  expect(rows.map(({ deliveryStatus }) => deliveryStatus)).toEqual([
    failed,
    published,
    failed,
  ]);
});

test("messages without their conversation are kept (T13)", async () => {
  const history = new MemoryHistory();
  const summary = await imported(history, [messageElement(1)]);
  expect(summary).toMatchObject({ stubs: 1, messages: { inserted: 1 } });
  expect((await exported(history)).map((element) => element.case)).toEqual([
    "metadata",
    "group",
    "groupMessage",
  ]);
});

test("sync groups and their messages are never imported, also by a resumed import", async () => {
  const sync = sampleGroup(2, { conversationType: 3 });
  const elements: Element[] = [
    { case: "group", value: sync },
    { case: "groupMessage", value: sampleMessage(5, sync) },
    messageElement(1),
    { case: "groupMessage", value: sampleMessage(6, sync) },
  ];
  const history = new MemoryHistory();
  const pages = { pageRows: 3 };
  const first = imported(failing(history, 1), elements, pages);
  await expect(first).rejects.toThrow("out of disk");
  const rest = await imported(history, elements, pages);
  expect(rest.messages.skipped).toEqual({ "sync-group": 1 });
  const { groups, messages } = await readHistory(history);
  expect(groups.map(({ id }) => toHex(id))).toEqual([toHex(group.id)]);
  expect(messages).toHaveLength(1);
});

test("an import id can't be used for another archive", async () => {
  const history = new MemoryHistory();
  await imported(history, [messageElement(1), messageElement(2)]);
  await expect(imported(history, [messageElement(3)])).rejects.toThrow(
    "[wrong-archive]",
  );
});

test("a replayed old archive reverts nothing, whatever its times are (T4, T12)", async () => {
  const history = new MemoryHistory();
  const monthNs = 30n * 86_400_000_000_000n;
  const old: readonly Element[] = [
    metadata(sampleNs - monthNs),
    {
      case: "consent",
      value: sampleConsent(1, { state: 2, consentedAtNs: 2n ** 62n }),
    },
    { case: "hmacKey", value: { ...sampleHmacKey(1), cycledAtNs: 2n ** 62n } },
  ];
  await importArchive(framesFrom(old), history, options);
  const newer = {
    consent: [sampleConsent(1, { state: 3, consentedAtNs: sampleNs })],
    hmacKey: { ...sampleHmacKey(2), cycledAtNs: sampleNs },
  };
  await put(history, newer);
  const replay = { ...options, importId: "replay" };
  await importArchive(framesFrom(old), history, replay);
  const { consent, hmacKey } = await readHistory(history);
  expect({ consent, hmacKey }).toEqual(newer);
});

test("all conflicts are counted, and a hundred are listed", async () => {
  const history = new MemoryHistory();
  const numbers = Array.from({ length: 130 }, (_, n) => n);
  const messages = numbers.map((n) => sampleMessage(n, group));
  await put(history, { ...noRows, groups: [group], messages });
  const forged = messages.map(
    (message): Element => ({
      case: "groupMessage",
      value: { ...message, decryptedMessageBytes: Uint8Array.of(6) },
    }),
  );
  const summary = await imported(history, forged, { pageRows: 60 });
  expect(summary.messages.conflicts).toBe(130);
  expect(summary.conflicts).toEqual(messages.slice(0, 100).map(({ id }) => id));
  expect((await readHistory(history)).messages).toEqual(messages);
});

function messageElement(n: number): Element {
  return { case: "groupMessage", value: sampleMessage(n, group) };
}

/** A sink that takes `pages` pages and then no more. */
function failing(history: MemoryHistory, pages: number) {
  let merged = 0;
  const mergePage: ArchiveSink["mergePage"] = async (page, merge) => {
    if (merged++ === pages) throw new RangeError("out of disk");
    return history.mergePage(page, merge);
  };
  return {
    progress: (id: string) => history.progress(id),
    snapshot: () => history.snapshot(),
    mergePage,
  };
}

function sorted(rows: readonly unknown[]): readonly string[] {
  return rows.map((row) => JSON.stringify(canonical(row))).sort();
}

/** The same JSON with keys in order: maps have none. */
function canonical(value: unknown): unknown {
  if (value === null || typeof value !== "object") return value;
  if (Array.isArray(value)) return value.map(canonical);
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, of]) => [key, canonical(of)]));
}
