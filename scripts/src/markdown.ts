/** A row of a Markdown table, with the line it stands on. */
export type Row = { readonly line: number; readonly cells: readonly string[] };

/** The rows below the first table whose head has these cells; undefined where there is none. */
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

/** What stands between backticks. */
export function codeSpans(text: string): readonly string[] {
  return [...text.matchAll(/`([^`]+)`/g)].map((match) => `${match[1]}`);
}

/** The text of the fenced blocks in one language, in order. */
export function codeBlocks(
  markdown: string,
  language: string,
): readonly string[] {
  const fence = new RegExp(`^\`\`\`${language}\n([\\s\\S]*?)^\`\`\``, "gm");
  return [...markdown.matchAll(fence)].map((match) => `${match[1]}`);
}

/** Targets of the links that point into the repository, without their anchors, with the line of each. */
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

function cellsOf(line: string): readonly string[] {
  if (!line.startsWith("|")) return [];
  return line
    .replace(/\|\s*$/, "")
    .split("|")
    .slice(1)
    .map((cell) => cell.trim());
}
