/** Formats a number with commas: 2,011. */
export function count(n: number): string {
  return n.toLocaleString("en-US");
}

/** Formats rows in aligned columns, one line each. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [column, cell] of row.entries()) {
      widths[column] = Math.max(widths[column] ?? 0, cell.length);
    }
  }
  return rows
    .map((row) => row.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join("  "))
    .map((line) => `${line.trimEnd()}\n`)
    .join("");
}

/** Control characters, line ends, and marks that change the direction of writing. */
const steering = /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/gu;

/** Makes an archive's text safe for one line of a terminal: truncated, without control characters. */
export function plainText(text: string, maxCharacters: number): string {
  const plain = text.replace(steering, "�");
  const characters = [...plain];
  return characters.length <= maxCharacters
    ? plain
    : `${characters.slice(0, maxCharacters - 1).join("")}…`;
}
