import { concatBytes, fromHex, toHex } from "@history-sync/primitives";
import { expect, test } from "vitest";
import { createAesGcm } from "../../src/aes/create.js";
import { deriveKeys } from "../../src/paged-v1/keys.js";
import { openArchivePage } from "../../src/paged-v1/open.js";
import { sealPage } from "../../src/paged-v1/seal-page.js";
import { codeOf } from "../support/frames.js";
import severalPages from "../vectors/paged-v1/several-pages.json" with {
  type: "json",
};
import tinyDeflate from "../vectors/paged-v1/tiny-deflate.json" with {
  type: "json",
};
import tinyZstd from "../vectors/paged-v1/tiny-zstd.json" with { type: "json" };
import {
  digest,
  inflateRaw,
  readArchive,
  readFrames,
} from "./independent-reader.js";
import { invalidVectors } from "./invalid-vectors.js";
import type { Vector } from "./make-vectors.js";
import { openFrames, openPages } from "./opening.js";

const vectors = {
  "tiny-zstd": tinyZstd as Vector,
  "tiny-deflate": tinyDeflate as Vector,
  "several-pages": severalPages as Vector,
};

function archiveOf(vector: Vector): Uint8Array<ArrayBuffer> {
  const pages = vector.pages.map(({ page }) => fromHex(page));
  return concatBytes(fromHex(vector.header), ...pages);
}

test.each(Object.entries(vectors))(
  "%s opens buffered, in chunks and byte by byte",
  async (_, vector) => {
    const archive = archiveOf(vector);
    const key = fromHex(vector.key);
    const frames = vector.pages.map((page) =>
      page.frames.map(({ frame }) => fromHex(frame)),
    );
    for (const chunkSize of [archive.length, 1_000, 7, 1]) {
      const pages = await openPages(archive, { key }, chunkSize);
      expect(pages.map((page) => page.frames)).toEqual(frames);
    }
    const header = fromHex(vector.header);
    for (const [page, { page: bytes, final }] of vector.pages.entries()) {
      const options = { key, header, page };
      const opened = await openArchivePage(fromHex(bytes), options);
      expect(opened).toEqual({ page, frames: frames[page], final });
    }
  },
);

test.each(Object.entries(vectors))(
  "%s is read by the text of FORMAT.md alone",
  async (_, vector) => {
    const archive = archiveOf(vector);
    const read = await readArchive(archive, fromHex(vector.key));
    expect(toHex(await digest(archive))).toBe(vector.archiveSha256);
    expect(read.suite).toBe(vector.suite === "zstd" ? 1 : 2);
    expect(toHex(read.secret)).toBe(vector.derived.secret);
    expect(toHex(read.pageKey)).toBe(vector.derived.pageKey);
    expect(toHex(read.commitment)).toBe(vector.derived.commitment);
    expect(vector.header.slice(-64)).toBe(vector.derived.commitment);
    expect(toHex(read.headerHash)).toBe(vector.archiveId);
    expect(read.pages).toHaveLength(vector.pages.length);
    for (const [index, page] of read.pages.entries()) {
      const expected = vector.pages[index];
      if (!expected) throw new RangeError(`no page ${index}`);
      expect(page.final).toBe(expected.final);
      expect(toHex(page.nonce)).toBe(expected.nonce);
      expect(toHex(page.compressed)).toBe(expected.compressed);
      expect(page.contentBytes).toBe(expected.content.length / 2);
      expect(toHex(page.padding)).toBe("00".repeat(expected.paddingBytes));
      expect(toHex(await digest(fromHex(expected.page)))).toBe(expected.sha256);
      const content = fromHex(expected.content);
      expect(readFrames(content).map(toHex)).toEqual(
        expected.frames.map(({ frame }) => frame),
      );
      if (vector.suite === "deflate") {
        expect(await inflateRaw(page.compressed)).toEqual(content);
      }
    }
  },
);

test.each(Object.entries(vectors))(
  "%s is sealed again to the same bytes",
  async (_, vector) => {
    const key = fromHex(vector.key);
    const { pageKey } = deriveKeys(key, fromHex(vector.salt), vector.suite);
    const cipher = await createAesGcm(pageKey, fromHex(vector.archiveId));
    for (const [index, page] of vector.pages.entries()) {
      const sealed = await sealPage(
        {
          index,
          final: page.final,
          compressed: fromHex(page.compressed),
          contentBytes: page.content.length / 2,
          pageBytes: page.page.length / 2,
        },
        cipher,
      );
      expect(toHex(sealed)).toBe(page.page);
    }
  },
);

test.each(Object.entries(invalidVectors))(
  "invalid/%s is refused",
  async (_, vector) => {
    const archive = fromHex(vector.archive);
    const key = fromHex(vector.key);
    for (const chunkSize of [archive.length, 3, 1]) {
      const opening = openFrames(archive, { key }, chunkSize);
      expect(await codeOf(opening), vector.description).toBe(vector.error);
    }
  },
);
