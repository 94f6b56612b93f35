import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { commentsOf, proseOf } from "../src/words/comments.ts";
import { countTraits, rateOf } from "../src/words/count.ts";

test("commentsOf returns comments with their lines, and nothing of strings, templates and regular expressions", () => {
  const source = [
    'const url = "https://example.org"; // one',
    "// two",
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is source text
    "const path = `//no ${nested(`/* no */`, { a: 1 })} // no`;",
    "const pattern = /[/*]\\/\\/ no/.exec(path); const half = 4 / 2; // three",
    "/**",
    " * Four",
    " * goes here.",
    " */",
  ].join("\n");
  const found = commentsOf(source).map(({ line, text }) => [
    line,
    text.replace(/^\/\//, "").trim(),
  ]);
  expect(found).toEqual([
    [1, "one\n two"],
    [4, "three"],
    [5, "Four\ngoes here."],
  ]);
});

test("proseOf returns the lines of Markdown without fenced code", () => {
  const markdown = "one\n```ts\n// told\n```\ntwo";
  expect(proseOf(markdown)).toEqual([
    { line: 1, text: "one" },
    { line: 5, text: "two" },
  ]);
});

test("countTraits counts prose and not inline code, with the place of each hit", () => {
  const folder = mkdtempSync(join(tmpdir(), "words-"));
  try {
    writeFileSync(
      join(folder, "a.ts"),
      "/** What it is told. */\nconst asker = `stands`; // `go on` behind a proxy\n",
    );
    writeFileSync(join(folder, "b.md"), "It stands by. It stands here.\n");
    const { words, hits, refused } = countTraits(folder, ["a.ts", "b.md"]);
    const places = [...hits.values()]
      .flat()
      .map(({ file, line, trait }) => [file, line, trait.split(",")[0]]);
    expect(places).toEqual([
      ["a.ts", 1, "comment starts with Who"],
      ["a.ts", 1, "told"],
      ["b.md", 1, "stand"],
    ]);
    expect(refused.map(({ text }) => text)).toEqual(["asker"]);
    expect(words).toBe(14);
    expect(rateOf([...hits.values()].flat(), 30_000)).toBe(1);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
