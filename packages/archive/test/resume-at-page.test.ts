import { expect, test } from "vitest";
import { type FramePage, importArchive } from "../src/index.js";
import { MemoryHistory } from "../src/memory.js";
import {
  put,
  readHistory,
  sampleConsent,
  sampleGroup,
  sampleMessage,
} from "../src/testing/index.js";
import { clock, exportedFrames } from "./archives.js";

const framesAPage = 5;

/** An archive of pages of five frames, which notes what was opened and read. */
async function pagedArchive() {
  const source = new MemoryHistory();
  const group = sampleGroup(1);
  const sync = sampleGroup(2, { conversationType: 3 });
  await put(source, {
    groups: [group, sync],
    messages: Array.from({ length: 30 }, (_, n) => sampleMessage(n, group)),
    consent: [sampleConsent(1)],
  });
  const frames = await exportedFrames(source, { order: "newest-first" });
  const opened: number[] = [];
  let read = 0;
  async function* pages(
    from: Uint8Array | undefined,
  ): AsyncGenerator<FramePage> {
    let at = (from?.[0] ?? 0) * framesAPage;
    opened.push(at);
    while (at < frames.length) {
      const page = frames.slice(at, at + framesAPage);
      at += page.length;
      read += page.length;
      const isLast = at >= frames.length;
      const next = isLast ? undefined : Uint8Array.of(at / framesAPage);
      yield { frames: page, next };
    }
  }
  return { source, frames, pages, opened, read: () => read };
}

/** Refuses everything after some pages of an import. */
function dying(history: MemoryHistory, pages: number) {
  let merged = 0;
  const mergePage: MemoryHistory["mergePage"] = async (page, merge) => {
    if (merged++ >= pages) throw new RangeError("out of disk");
    return history.mergePage(page, merge);
  };
  return { progress: history.progress.bind(history), mergePage };
}

const options = { importId: "test", clock, pageRows: 3 };

test("an import resumes at the last page that it knows, and reads none before", async () => {
  const { source, frames } = await pagedArchive();
  const expected = await readHistory(source);
  const merges = Math.ceil(frames.length / options.pageRows);
  for (let k = 0; k <= merges; k++) {
    const { pages, opened, read } = await pagedArchive();
    const history = new MemoryHistory();
    const first = importArchive(pages, dying(history, k), options);
    if (k < merges) await expect(first).rejects.toThrow("out of disk");
    else await first;
    const before = read();
    const rest = await importArchive(pages, history, options);
    const cursor = Math.min(k * options.pageRows, frames.length);
    expect(rest).toMatchObject({
      frames: frames.length,
      resumedAfter: cursor,
      receipt: { complete: true },
    });
    const start = opened[1] ?? 0;
    expect(start).toBeLessThanOrEqual(cursor);
    expect(cursor - start).toBeLessThan(framesAPage + options.pageRows);
    expect(read() - before).toBe(frames.length - start);
    const { messages, consent } = await readHistory(history);
    expect(messages).toEqual(expected.messages);
    expect(consent).toEqual(expected.consent);
  }
});

test("an import that began with pages can resume with frames", async () => {
  const { frames, pages } = await pagedArchive();
  const history = new MemoryHistory();
  const first = importArchive(pages, dying(history, 5), options);
  await expect(first).rejects.toThrow("out of disk");
  async function* whole() {
    yield* frames;
  }
  const rest = await importArchive(whole(), history, options);
  expect(rest).toMatchObject({
    resumedAfter: 15,
    receipt: { complete: true },
  });
});

test("the archive of an import id is recognised by its metadata", async () => {
  const [one, other] = [await pagedArchive(), await pagedArchive()];
  const history = new MemoryHistory();
  const first = importArchive(one.pages, dying(history, 1), options);
  await expect(first).rejects.toThrow("out of disk");
  await expect(importArchive(other.pages, history, options)).rejects.toThrow(
    "[wrong-archive]",
  );
});
