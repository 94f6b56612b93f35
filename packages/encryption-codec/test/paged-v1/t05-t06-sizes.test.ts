import { expect, test } from "vitest";
import { compressor } from "../../src/paged-v1/compression.js";
import {
  paddedArchiveBytes,
  paddedPageBytes,
} from "../../src/paged-v1/padding.js";
import { chat } from "./chat.js";
import { contentOf, key, text } from "./craft.js";
import { seal } from "./opening.js";

test("1,000 messages and 1,010 take the same space", async () => {
  const sizes = new Set<number>();
  for (const count of [1_000, 1_001, 1_010]) {
    sizes.add((await seal(chat(count), { key })).archive.length);
  }
  expect(sizes.size).toBe(1);
});

test("of a large archive only the number of pages shows, and a coarse length of the last", async () => {
  const shapes = new Set<string>();
  for (const count of [20_000, 20_010]) {
    const { pages } = await seal(chat(count), { key });
    shapes.add(pages.map((page) => page.bytes).join());
  }
  expect(shapes.size).toBe(1);
});

test("a guess that hits a secret is seen in the compressed length, but not in the archive's", async () => {
  const secret = "The code of the door is 407316.";
  const guesses = Array.from({ length: 40 }, (_, i) => `${407_300 + i}.`);
  const history = [...chat(400), text(secret)];
  const compressed = new Set<number>();
  const sealed = new Set<string>();
  const compress = compressor("deflate");
  for (const guess of guesses) {
    const planted = text(`The code of the door is ${guess}`);
    const frames = [...history, planted];
    compressed.add((await compress(contentOf(...frames))).length);
    const { archive, pages } = await seal(frames, { key, suite: "deflate" });
    sealed.add([archive.length, ...pages.map((page) => page.bytes)].join());
  }
  expect(compressed.size).toBeGreaterThan(1);
  expect(sealed.size).toBe(1);
});

test("padded lengths never shrink and stay within their bounds", () => {
  const fullPage = 524_288;
  let page = 0;
  let whole = 0;
  for (let needed = 1; needed < 40_000_000; needed += 997 + (needed >> 6)) {
    const paddedPage = paddedPageBytes(needed, fullPage);
    const paddedWhole = paddedArchiveBytes(needed, fullPage);
    expect(paddedPage).toBeGreaterThanOrEqual(Math.max(needed, page));
    expect(paddedWhole).toBeGreaterThanOrEqual(Math.max(needed, whole));
    expect(paddedPage).toBeLessThanOrEqual(
      Math.max(16_384, needed * (1 + 1 / 32)),
    );
    expect(paddedWhole).toBeLessThanOrEqual(
      Math.max(16_384, needed * (needed > fullPage ? 1 + 1 / 64 : 2)),
    );
    page = paddedPage;
    whole = paddedWhole;
  }
});
