import { concatBytes } from "@history-sync/primitives";
import { expect, test } from "vitest";
import { openArchivePage } from "../../src/paged-v1/open.js";
import { codeOf } from "../support/frames.js";
import { chat } from "./chat.js";
import { key } from "./craft.js";
import { openFrames, pageBytes, type Sealed, seal } from "./opening.js";

const options = { key, pageBytes: 4_096 };

function archiveOf(sealed: Sealed, pages: readonly Uint8Array[]): Uint8Array {
  return concatBytes(sealed.header, ...pages);
}

test("any two pages that change places are found", async () => {
  const sealed = await seal(chat(300), options);
  const pages = pageBytes(sealed);
  for (let a = 0; a < pages.length; a++) {
    for (let b = a + 1; b < pages.length; b++) {
      const swapped = [...pages];
      [swapped[a], swapped[b]] = [pages[b] ?? key, pages[a] ?? key];
      const opening = openFrames(archiveOf(sealed, swapped), { key });
      expect(await codeOf(opening)).toBe("not-authentic");
    }
  }
  expect(pages.length).toBeGreaterThan(4);
});

test("any page that is repeated or left in another's place is found", async () => {
  const sealed = await seal(chat(300), options);
  const pages = pageBytes(sealed);
  for (const [index, page] of pages.entries()) {
    const repeated = pages.toSpliced(index, 0, page);
    const replaced = pages.with((index + 1) % pages.length, page);
    for (const forged of [repeated, replaced]) {
      const code = await codeOf(openFrames(archiveOf(sealed, forged), { key }));
      expect(["not-authentic", "trailing-data"]).toContain(code);
    }
    const { header } = sealed;
    const elsewhere = { key, header, page: index + 1 };
    expect(await codeOf(openArchivePage(page, elsewhere))).toBe(
      "not-authentic",
    );
  }
});

test("a page of another archive fits nowhere, though key, frames and place are the same", async () => {
  const ours = await seal(chat(300), options);
  const theirs = await seal(chat(300), options);
  const pages = pageBytes(ours);
  for (const [index, page] of pageBytes(theirs).entries()) {
    const forged = archiveOf(ours, pages.with(index, page));
    expect(await codeOf(openFrames(forged, { key }))).toBe("not-authentic");
  }
});

test("the header of another archive opens no page", async () => {
  const ours = await seal(chat(30), options);
  const theirs = await seal(chat(30), options);
  const forged = archiveOf(theirs, pageBytes(ours));
  expect(await codeOf(openFrames(forged, { key }))).toBe("not-authentic");
});

test("another whole archive with the same key isn't the announced one", async () => {
  const announced = await seal(chat(300), options);
  const other = await seal(chat(300), options);
  const { archiveId, pages } = announced;
  for (const expected of [{ archiveId }, { pages }, { archiveId, pages }]) {
    const opening = openFrames(other.archive, { key, expected });
    expect(await codeOf(opening)).toBe("unexpected-archive");
  }
});

test("a page that differs from the announced table is refused before it is decrypted", async () => {
  const { archive, pages } = await seal(chat(300), options);
  const changed = Uint8Array.from(archive);
  changed[100] = (changed[100] ?? 0) ^ 1;
  const expected = { pages };
  expect(await codeOf(openFrames(changed, { key, expected }))).toBe(
    "unexpected-archive",
  );
  for (const table of [pages.slice(0, -1), [...pages, ...pages.slice(-1)]]) {
    const opening = openFrames(archive, { key, expected: { pages: table } });
    expect(await codeOf(opening)).toBe("unexpected-archive");
  }
});
