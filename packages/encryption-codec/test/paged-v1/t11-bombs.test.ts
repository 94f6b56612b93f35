import { concatBytes, streamOf } from "@history-sync/primitives";
import { expect, test } from "vitest";
import { openArchivePages } from "../../src/open.js";
import {
  compressor,
  decompress,
  inflateZstdInBrowser,
} from "../../src/paged-v1/compression.js";
import { codeOf, collect } from "../support/frames.js";
import { littleEndian, zstdBlock, zstdFrame } from "../support/records.js";
import { chat } from "./chat.js";
import {
  craft,
  craftParts,
  key,
  plaintext,
  storedDeflate,
  storedZstd,
  text,
} from "./craft.js";
import { openFrames, seal } from "./opening.js";

const blockBytes = 131_072;

/** A zstd frame of RLE blocks of zeros that says `claimed` bytes. */
function rleBomb(blocks: number, claimed: number): Uint8Array {
  const block = (last: boolean) =>
    zstdBlock(1, blockBytes, Uint8Array.of(0), last);
  const all = Array.from({ length: blocks }, (_, i) => block(i === blocks - 1));
  return zstdFrame(
    all,
    concatBytes(Uint8Array.of(0x80, 0x58), littleEndian(claimed, 4)),
  );
}

test("a length is refused before anything is awaited or allocated for it", async () => {
  const [header = key] = await craftParts([]);
  const head = concatBytes(Uint8Array.of(0), littleEndian(0x7fff_ffff, 4));
  let pulls = 0;
  const stream = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        pulls++;
        controller.enqueue(pulls === 1 ? header : head);
      },
    },
    { highWaterMark: 0 },
  );
  expect(await codeOf(collect(openArchivePages(stream, { key })))).toBe(
    "limit-exceeded",
  );
  expect(pulls).toBe(2);
});

test.each([
  ["claims the most that can be claimed", 0xffff_ffff, 0],
  ["claims more than the limit, though it is long", 17 * 2 ** 20, 200_000],
  ["claims more than 100 times its length", 200_000, 0],
])("a page that %s is not inflated", async (_, contentBytes, padding) => {
  const page = plaintext(text(""), {
    compressed: rleBomb(2, contentBytes),
    contentBytes,
    padding: new Uint8Array(padding),
  });
  const archive = await craft([{ plaintext: page }], { suite: "zstd" });
  expect(await codeOf(openFrames(archive, { key }))).toBe("limit-exceeded");
});

test("a page inflates to what it claims and no further", async () => {
  const padding = new Uint8Array(20_000);
  const zeros = new Uint8Array(30_000_000);
  const deflated = await compressor("deflate")(zeros);
  const cases = [
    { suite: "zstd", compressed: rleBomb(3_000, 1_000_000) },
    { suite: "zstd", compressed: rleBomb(7, 1_000_000) },
    { suite: "deflate", compressed: deflated },
    { suite: "deflate", compressed: storedDeflate(new Uint8Array(60_000)) },
  ] as const;
  for (const { suite, compressed } of cases) {
    const page = plaintext(text(""), {
      compressed,
      contentBytes: 1_000_000,
      padding,
    });
    const archive = await craft([{ plaintext: page }], { suite });
    expect(await codeOf(openFrames(archive, { key }))).toBe("invalid-page");
  }
});

test("our own zstd reader gives the same content and stops at the same bounds", async () => {
  const content = concatBytes(...chat(50));
  const bytes = storedZstd(content);
  expect(await inflateZstdInBrowser(bytes, content.length)).toEqual(content);
  expect(await decompress("zstd", bytes, content.length, "page 0")).toEqual(
    content,
  );
  const bomb = rleBomb(3_000, 1_000_000);
  expect(await codeOf(inflateZstdInBrowser(bomb, 1_000_000))).toBe(
    "limit-exceeded",
  );
});

test("more frames than a page may hold are refused", async () => {
  const content = new Uint8Array(4 * 65_537);
  const compressed = await compressor("deflate")(content);
  const padding = new Uint8Array(4_000);
  const page = plaintext(content, { compressed, padding });
  const archive = await craft([{ plaintext: page }]);
  expect(await codeOf(openFrames(archive, { key }))).toBe("limit-exceeded");
});

test("a writer keeps to every limit of its readers", async () => {
  const tiny = Array.from({ length: 140_000 }, () => new Uint8Array(1));
  const many = await seal(tiny, { key });
  expect(Math.max(...many.pages.map((page) => page.frames))).toBe(65_536);
  expect(await openFrames(many.archive, { key })).toHaveLength(140_000);

  const zeros = Array.from({ length: 10 }, () => new Uint8Array(1_000_000));
  const dense = await seal(zeros, { key });
  expect(await openFrames(dense.archive, { key })).toEqual(zeros);
  const huge = [new Uint8Array(16 * 2 ** 20)];
  const { archive } = await seal(huge, { key });
  expect(await openFrames(archive, { key })).toHaveLength(1);
});

test("limits can be lowered: frames, frame bytes, inflated bytes, ratio, archive bytes", async () => {
  const { archive } = await seal(chat(300), { key, pageBytes: 4_096 });
  for (const limits of [
    { maxFrames: 299 },
    { maxFrameBytes: 100 },
    { maxInflatedBytes: 40_000 },
    { maxInflationRatio: 1.5 },
    { maxArchiveBytes: archive.length - 1 },
  ]) {
    const opening = openFrames(archive, { key, limits });
    expect(await codeOf(opening)).toBe("limit-exceeded");
  }
  const within = { maxFrames: 300, maxArchiveBytes: archive.length };
  const frames = await openFrames(archive, { key, limits: within });
  expect(frames).toHaveLength(300);
});

test("endless bytes after a header end by a limit", async () => {
  const [header = key] = await craftParts([]);
  const zeros = new Uint8Array(65_536);
  function* endless() {
    yield header;
    while (true) yield zeros;
  }
  const code = await codeOf(
    collect(openArchivePages(streamOf(endless()), { key })),
  );
  expect(code).toBe("invalid-page");
});
