import { equalBytes, readAll, streamOf } from "@history-sync/primitives";
import { unsafeSeededBytes } from "@history-sync/primitives/testing";
import fc from "fast-check";
import { expect, test } from "vitest";
import { openArchivePages } from "../../src/open.js";
import { compressor, defaultSuite } from "../../src/paged-v1/compression.js";
import { decodeCursor, encodeCursor } from "../../src/paged-v1/cursor.js";
import { fillPages } from "../../src/paged-v1/fill-pages.js";
import { sha256 } from "../../src/paged-v1/keys.js";
import {
  headerBytes,
  pageOverheadBytes,
  type Suite,
} from "../../src/paged-v1/layout.js";
import { openArchivePage } from "../../src/paged-v1/open.js";
import { sealPagedV1 } from "../../src/paged-v1/seal.js";
import { maxSealedPagedV1Bytes } from "../../src/paged-v1/size-bound.js";
import { codeOf, collect } from "../support/frames.js";
import { chat } from "./chat.js";
import { key } from "./craft.js";
import { openFrames, openPages, pageBytes, seal } from "./opening.js";

const writable: readonly Suite[] =
  defaultSuite() === "zstd" ? ["zstd", "deflate"] : ["deflate"];
const pageBreak = new Uint8Array(0);
/** Small pages, so that little makes many. */
const small = 4_096;

test.each(writable)(
  "what is sealed with %s opens again, in chunks of any size",
  async (suite) => {
    const frame = fc.uint8Array({ maxLength: 3_000, size: "max" });
    const input = fc.array(
      fc.oneof({ arbitrary: frame, weight: 9 }, fc.constant(pageBreak)),
      { maxLength: 40 },
    );
    await fc.assert(
      fc.asyncProperty(
        input,
        fc.array(fc.integer({ min: 1, max: 9_000 }), { minLength: 1 }),
        async (items, chunkSizes) => {
          const { archive, pages } = await seal(items, {
            key,
            suite,
            pageBytes: small,
          });
          const frames = items.filter(({ length }) => length > 0);
          expect(await openFrames(archive, { key }, ...chunkSizes)).toEqual(
            frames,
          );
          const sizes = frames.map((item) => item.length);
          const breaks = items.length - frames.length;
          expect(archive.length).toBeLessThanOrEqual(
            maxSealedPagedV1Bytes(sizes, breaks),
          );
          expect(pages.map((page) => page.final).indexOf(true)).toBe(
            pages.length - 1,
          );
          expect(pages.slice(0, -1).every((page) => page.frames > 0)).toBe(
            true,
          );
        },
      ),
      { numRuns: 40 },
    );
  },
);

test("an empty archive has one page, and it is the last", async () => {
  const { archive, pages } = await seal([], { key });
  expect(pages).toMatchObject([{ index: 0, frames: 0, final: true }]);
  expect(await openPages(archive, { key })).toEqual([
    { page: 0, frames: [], final: true, next: undefined },
  ]);
});

test("full pages have one length, and padding takes less than 3%", async () => {
  const frames = [...chat(20_000)];
  const fullPage = 65_536;
  const { archive, pages } = await seal(frames, { key, pageBytes: fullPage });
  const lengths = pages.slice(0, -1).map((page) => page.bytes);
  expect(lengths.length).toBeGreaterThan(15);
  expect(new Set(lengths)).toEqual(new Set([fullPage]));
  const options = {
    compress: compressor(defaultSuite()),
    capacity: fullPage - pageOverheadBytes,
  };
  let needed = headerBytes;
  for (const page of await collect(fillPages(frames, options))) {
    needed += pageOverheadBytes + page.compressed.length;
  }
  expect(archive.length).toBeLessThan(needed * 1.03);
});

test("a frame larger than a page has its own, and the pages around it stay small", async () => {
  const large = unsafeSeededBytes(5)(3_000_000);
  const frames = [...chat(10), large, ...chat(10)];
  const { archive, pages } = await seal(frames, { key });
  expect(pages.map((page) => page.frames)).toEqual([10, 1, 10]);
  expect(archive.length).toBeLessThan(3_000_000 * 1.06);
  expect(await openFrames(archive, { key })).toEqual(frames);
});

test("a frame over the limit is refused before anything is written of it", async () => {
  const frames = [new Uint8Array(16 * 2 ** 20 + 1)];
  expect(await codeOf(readAll(sealPagedV1(frames, { key })))).toBe(
    "limit-exceeded",
  );
});

test("a page break begins a new page, and only then", async () => {
  const [one, two, three] = [...chat(3)] as [
    Uint8Array,
    Uint8Array,
    Uint8Array,
  ];
  const items = [pageBreak, one, pageBreak, pageBreak, two, three];
  const { archive, pages } = await seal(items, { key });
  expect(pages.map((page) => page.frames)).toEqual([1, 2]);
  const opened = await openPages(archive, { key });
  expect(opened.map((page) => page.frames)).toEqual([[one], [two, three]]);
});

test("every page opens alone, and reading resumes after any", async () => {
  const sealed = await seal(chat(300), { key, pageBytes: small });
  const { archive, header, pages } = sealed;
  const opened = await openPages(archive, { key });
  expect(opened.length).toBeGreaterThan(3);
  for (const [index, bytes] of pageBytes(sealed).entries()) {
    const expected = pages[index];
    const page = await openArchivePage(bytes, {
      key,
      header,
      page: index,
      ...(expected && { expected }),
    });
    expect(page.frames).toEqual(opened[index]?.frames);
    const next = opened[index]?.next;
    const from = next && decodeCursor(encodeCursor(next));
    expect(from).toEqual(next);
    if (!from) continue;
    const rest = await openPages(archive.subarray(from.offset), {
      key,
      from,
      expected: { pages },
    });
    expect(rest).toEqual(opened.slice(index + 1));
  }
});

test("the writer's page table fits what the reader sees, and counts all frames", async () => {
  const frames = [...chat(200)];
  const { archive, pages, archiveId, header } = await seal(frames, {
    key,
    pageBytes: small,
  });
  expect(pages.reduce((sum, page) => sum + page.frames, 0)).toBe(200);
  expect(pages.reduce((sum, page) => sum + page.bytes, header.length)).toBe(
    archive.length,
  );
  expect(archiveId).toEqual(await sha256(header));
  const opened = await openFrames(
    archive,
    { key, expected: { archiveId, pages } },
    777,
  );
  expect(opened).toEqual(frames);
});

test("frames are taken as the stream is read, and let go with it", async () => {
  let taken = 0;
  let closed = false;
  async function* frames() {
    try {
      for (const frame of chat(100_000)) {
        taken++;
        yield frame;
      }
    } finally {
      closed = true;
    }
  }
  const reader = sealPagedV1(frames(), { key, pageBytes: small }).getReader();
  await reader.read();
  expect(taken).toBe(0);
  await reader.read();
  expect(taken).toBeLessThan(400);
  await reader.cancel();
  expect(closed).toBe(true);
});

test("an error of the frames fails the stream", async () => {
  function* frames() {
    yield* chat(200);
    throw new RangeError("lost");
  }
  const stream = sealPagedV1(frames(), { key, pageBytes: small });
  await expect(readAll(stream)).rejects.toThrow("lost");
});

test("leaving the loop cancels the source, and so does an error before the first byte", async () => {
  const { archive, header } = await seal(chat(300), { key, pageBytes: small });
  let cancelled = 0;
  const source = () =>
    new ReadableStream<Uint8Array>({
      pull: (controller) => controller.enqueue(archive),
      cancel: () => {
        cancelled++;
      },
    });
  for await (const page of openArchivePages(source(), { key })) {
    expect(page.page).toBe(0);
    break;
  }
  expect(cancelled).toBe(1);
  const from = { header: header.fill(0, 42), page: 1, offset: 74 };
  expect(await codeOf(collect(openArchivePages(source(), { key, from })))).toBe(
    "wrong-key",
  );
  expect(cancelled).toBe(2);
});

test("an abort ends reading and writing that wait", async () => {
  const { archive } = await seal(chat(10), { key });
  const reading = new AbortController();
  let cancelled = false;
  const stalled = new ReadableStream<Uint8Array>({
    start: (controller) => controller.enqueue(archive.subarray(0, 100)),
    cancel: () => {
      cancelled = true;
    },
  });
  const opening = collect(
    openArchivePages(stalled, { key, signal: reading.signal }),
  );
  reading.abort(new Error("enough"));
  await expect(opening).rejects.toThrow("enough");
  expect(cancelled).toBe(true);

  const writing = new AbortController();
  async function* endless() {
    yield* chat(1);
    await new Promise(() => {});
  }
  const sealing = readAll(
    sealPagedV1(endless(), { key, signal: writing.signal }),
  );
  writing.abort(new Error("enough"));
  await expect(sealing).rejects.toThrow("enough");
});

test("an archive of many pages is held a page at a time", async () => {
  const { archive } = await seal(chat(2_000), { key, pageBytes: small });
  let given = 0;
  const source = streamOf(
    (function* () {
      for (let at = 0; at < archive.length; at += small) {
        given += small;
        yield archive.subarray(at, at + small);
      }
    })(),
  );
  for await (const { next } of openArchivePages(source, { key })) {
    if (next) expect(given - next.offset).toBeLessThanOrEqual(2 * small);
  }
  expect(given).toBeGreaterThanOrEqual(archive.length);
});

test("the key may be wiped as soon as the calls return", async () => {
  const frames = [...chat(5)];
  const own = Uint8Array.from(key);
  const sealing = sealPagedV1(frames, { key: own });
  own.fill(0);
  const archive = await readAll(sealing);
  own.set(key);
  const opening = openArchivePages(streamOf([archive]), { key: own });
  own.fill(0);
  const pages = await collect(opening);
  expect(
    pages[0]?.frames.every((frame, i) => equalBytes(frame, frames[i] ?? key)),
  ).toBe(true);
});
