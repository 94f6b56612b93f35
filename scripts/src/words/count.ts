import { readFileSync } from "node:fs";
import { join } from "node:path";
import { commentsOf, type Prose, proseOf } from "./comments.ts";
import { refusedIdentifiers, traits } from "./traits.ts";

export type Hit = {
  readonly file: string;
  readonly line: number;
  readonly trait: string;
  readonly text: string;
};

export type Count = {
  readonly words: number;
  /** By trait. */
  readonly hits: ReadonlyMap<string, readonly Hit[]>;
  /** Identifiers that the glossary replaces. */
  readonly refused: readonly Hit[];
};

/** Counts the traits in the comments and documents of these files. */
export function countTraits(root: string, files: readonly string[]): Count {
  let words = 0;
  const hits = new Map<string, Hit[]>(traits.map(({ name }) => [name, []]));
  const refused: Hit[] = [];
  for (const file of files) {
    const source = readFileSync(join(root, file), "utf8");
    const isCode = file.endsWith(".ts");
    for (const prose of isCode ? commentsOf(source) : proseOf(source)) {
      const plain = plainText(prose.text);
      words += plain.match(/[A-Za-z][A-Za-z'’-]*/g)?.length ?? 0;
      for (const hit of hitsIn({ ...prose, text: plain }, file, isCode)) {
        hits.get(hit.trait)?.push(hit);
      }
    }
    if (isCode) refused.push(...refusedIn(source, file));
  }
  return { words, hits, refused };
}

/** Returns the occurrences in 10,000 words. */
export function rateOf(hits: readonly Hit[], words: number): number {
  return words === 0 ? 0 : (hits.length * 10_000) / words;
}

function* hitsIn(
  { line, text }: Prose,
  file: string,
  isCode: boolean,
): Generator<Hit> {
  for (const { name, pattern, atStart = false } of traits) {
    if (atStart) {
      const start = text.trimStart();
      if (isCode && pattern.test(start)) {
        yield { file, line, trait: name, text: excerpt(start, 0) };
      }
      continue;
    }
    for (const { index } of text.matchAll(pattern)) {
      const before = text.slice(0, index).split("\n").length - 1;
      const at = Math.max(0, index - 30);
      yield { file, line: line + before, trait: name, text: excerpt(text, at) };
    }
  }
}

function refusedIn(source: string, file: string): readonly Hit[] {
  return source.split("\n").flatMap((text, index) =>
    [...text.matchAll(refusedIdentifiers)].map(([word]) => ({
      file,
      line: index + 1,
      trait: "identifier",
      text: word,
    })),
  );
}

/** Removes inline code, links and the mark of line comments. */
function plainText(text: string): string {
  return text
    .replace(/^\/\//, "")
    .replaceAll(/```[\s\S]*?```/g, (code) => code.replaceAll(/[^\n]/g, ""))
    .replaceAll(/`[^`\n]*`/g, "x")
    .replaceAll(/\]\([^)]*\)/g, "]")
    .replaceAll(/https?:\S+/g, "")
    .replaceAll(/\{@link [^}]*\}/g, "x");
}

function excerpt(text: string, from: number): string {
  return text
    .slice(from, from + 80)
    .replaceAll(/\s+/g, " ")
    .trim();
}
