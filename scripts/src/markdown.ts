/** A row of a Markdown table, with its line number. */
export type Row = { readonly line: number; readonly cells: readonly string[] };

/** Returns the rows of the first table with these cells at the start of its head, or undefined if there is none. */
export function tableRows(
  markdown: string,
  head: readonly string[],
): readonly Row[] | undefined {
  const lines = markdown.split("\n");
  const start = lines.findIndex((line) => {
    const cells = cellsOf(line);
    return head.every((name, index) => cells[index] === name);
  });
  if (start < 0) return undefined;
  const rows: Row[] = [];
  for (let index = start + 2; lines[index]?.startsWith("|"); index++) {
    rows.push({ line: index + 1, cells: cellsOf(`${lines[index]}`) });
  }
  return rows;
}

/** Returns the texts between backticks. */
export function codeSpans(text: string): readonly string[] {
  return [...text.matchAll(/`([^`]+)`/g)].map((match) => `${match[1]}`);
}

/** Returns the texts of the fenced blocks in one language, in order. */
export function codeBlocks(
  markdown: string,
  language: string,
): readonly string[] {
  const fence = new RegExp(`^\`\`\`${language}\n([\\s\\S]*?)^\`\`\``, "gm");
  return [...markdown.matchAll(fence)].map((match) => `${match[1]}`);
}

/** Returns the targets, without anchors, and the lines of the links that point into the repository. */
export function relativeLinks(
  markdown: string,
): readonly { readonly line: number; readonly target: string }[] {
  return markdown.split("\n").flatMap((text, index) =>
    [...text.matchAll(/\]\(([^)#\s]+)[^)]*\)/g)]
      .map((match) => `${match[1]}`)
      .filter((target) => !/^[a-z]+:/.test(target))
      .map((target) => ({ line: index + 1, target })),
  );
}

/** Returns the paragraphs and list items, each as one line, without headings, tables and blocks of code. */
export function paragraphs(
  markdown: string,
): readonly { readonly line: number; readonly text: string }[] {
  const found: { line: number; text: string }[] = [];
  let isCode = false;
  let isOpen = false;
  for (const [index, raw] of markdown.split("\n").entries()) {
    const text = raw.trim();
    if (text.startsWith("```")) isCode = !isCode;
    const isProse = !isCode && text !== "" && !/^(?:```|\||#)/.test(text);
    const last =
      isOpen && !/^(?:[-*]|\d+\.) /.test(text) ? found.at(-1) : undefined;
    if (isProse && last) last.text += ` ${text}`;
    else if (isProse) found.push({ line: index + 1, text });
    isOpen = isProse;
  }
  return found;
}

function cellsOf(line: string): readonly string[] {
  if (!line.startsWith("|")) return [];
  return line
    .replace(/\|\s*$/, "")
    .split("|")
    .slice(1)
    .map((cell) => cell.trim());
}
