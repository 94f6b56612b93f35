import { concatBytes } from "@history-sync/primitives";
import { expect, test } from "vitest";
import { codeOf } from "../support/frames.js";
import { chat } from "./chat.js";
import { craft, key, pageOf } from "./craft.js";
import { openFrames, pageBytes, seal } from "./opening.js";

test("every prefix of a small archive is found to be cut", async () => {
  for (const suite of ["zstd", "deflate"] as const) {
    const archive = await craft(
      [pageOf(suite, "one", "two"), pageOf(suite, "three")],
      { suite },
    );
    for (let length = 0; length < archive.length; length++) {
      const cut = openFrames(archive.subarray(0, length), { key });
      expect(await codeOf(cut), `${length} bytes`).toBe("truncated");
    }
    expect(await openFrames(archive, { key })).toHaveLength(3);
  }
});

test("a cut at any page of a large archive is found, and around it", async () => {
  const sealed = await seal(chat(600), { key, pageBytes: 4_096 });
  const { archive, header, pages } = sealed;
  let at = header.length;
  for (const page of pages) {
    for (const length of [at - 1, at, at + 1, at + 5]) {
      const cut = archive.subarray(0, length);
      expect(await codeOf(openFrames(cut, { key }))).toBe("truncated");
    }
    at += page.bytes;
  }
  expect(pages.length).toBeGreaterThan(10);
});

test("pages left out at the end, in the middle or at the start are missed", async () => {
  const sealed = await seal(chat(300), { key, pageBytes: 4_096 });
  const pages = pageBytes(sealed);
  const last = pages.length - 1;
  for (const [left, code] of [
    [0, "not-authentic"],
    [1, "not-authentic"],
    [last, "truncated"],
  ] as const) {
    const rest = pages.filter((_, index) => index !== left);
    const archive = concatBytes(sealed.header, ...rest);
    expect(await codeOf(openFrames(archive, { key }))).toBe(code);
  }
});

test("an earlier page can't be passed off as the last", async () => {
  const sealed = await seal(chat(300), { key, pageBytes: 4_096 });
  const [first = key] = pageBytes(sealed);
  const marked = Uint8Array.from(first);
  marked[0] = 1;
  const archive = concatBytes(sealed.header, marked);
  expect(await codeOf(openFrames(archive, { key }))).toBe("not-authentic");
});

test("whatever follows the last page is found", async () => {
  const sealed = await seal(chat(300), { key, pageBytes: 4_096 });
  const { archive } = sealed;
  const [first = key] = pageBytes(sealed);
  for (const more of [Uint8Array.of(0), first, archive]) {
    const longer = concatBytes(archive, more);
    expect(await codeOf(openFrames(longer, { key }))).toBe("trailing-data");
  }
});
