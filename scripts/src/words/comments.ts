/** A piece of prose with its place. */
export type Prose = { readonly line: number; readonly text: string };

/** After these a slash begins a regular expression, not a division. */
const beforeRegExp =
  /(?:^|[(,=:[!&|?{};+\-*%<>~^]|\b(?:return|typeof|case|of|in|do|else|void|await|yield))\s*$/;

/**
 * Returns the comments of TypeScript. Line comments on consecutive lines are one comment. Strings, templates and regular
 * expressions are skipped.
 */
export function commentsOf(source: string): readonly Prose[] {
  const found: Prose[] = [];
  const newlines = newlinesOf(source);
  let at = 0;
  // The depth of braces at which each open template continues.
  const templates: number[] = [];
  let depth = 0;
  while (at < source.length) {
    const two = source.slice(at, at + 2);
    const char = source[at] ?? "";
    if (two === "//") {
      const end = endOf(source, "\n", at);
      addLine(found, lineAt(newlines, at), source.slice(at + 2, end));
      at = end;
    } else if (two === "/*") {
      const end = endOf(source, "*/", at + 2);
      const text = source.slice(at + 2, end).replaceAll(/^\s*\*+ ?/gm, "");
      found.push({ line: lineAt(newlines, at), text: text.replace(/^\*/, "") });
      at = end + 2;
    } else if (char === '"' || char === "'") {
      at = endOfString(source, at);
    } else if (char === "`") {
      at = endOfTemplate(source, at + 1, () => templates.push(depth));
    } else if (char === "{") {
      depth++;
      at++;
    } else if (char === "}" && templates.at(-1) === depth) {
      templates.pop();
      at = endOfTemplate(source, at + 1, () => templates.push(depth));
    } else if (char === "}") {
      depth--;
      at++;
    } else if (
      char === "/" &&
      beforeRegExp.test(source.slice(0, at).slice(-40))
    ) {
      at = endOfRegExp(source, at);
    } else {
      at++;
    }
  }
  return found;
}

/** Returns the prose of Markdown: everything but fenced code and HTML comments. */
export function proseOf(markdown: string): readonly Prose[] {
  let isCode = false;
  return markdown.split("\n").flatMap((text, index) => {
    const isFence = /^\s*```/.test(text);
    if (isFence) isCode = !isCode;
    const isProse = !isFence && !isCode && !text.startsWith("<!--");
    return isProse ? [{ line: index + 1, text }] : [];
  });
}

function addLine(found: Prose[], line: number, text: string): void {
  const last = found.at(-1);
  const lines = last?.text.split("\n").length ?? 0;
  if (last?.text.startsWith("//") && last.line + lines === line) {
    found[found.length - 1] = { ...last, text: `${last.text}\n${text}` };
  } else {
    // The mark tells line comments apart; it is no word.
    found.push({ line, text: `//${text}` });
  }
}

function endOf(source: string, mark: string, from: number): number {
  const end = source.indexOf(mark, from);
  return end < 0 ? source.length : end;
}

function endOfString(source: string, start: number): number {
  const quote = source[start];
  for (let at = start + 1; at < source.length; at++) {
    if (source[at] === "\\") at++;
    else if (source[at] === quote || source[at] === "\n") return at + 1;
  }
  return source.length;
}

/** Calls `onHole` where the template is interrupted by an expression. */
function endOfTemplate(
  source: string,
  start: number,
  onHole: () => void,
): number {
  for (let at = start; at < source.length; at++) {
    if (source[at] === "\\") at++;
    else if (source[at] === "`") return at + 1;
    else if (source.startsWith("${", at)) {
      onHole();
      return at + 2;
    }
  }
  return source.length;
}

function endOfRegExp(source: string, start: number): number {
  let isClass = false;
  for (let at = start + 1; at < source.length; at++) {
    const char = source[at];
    if (char === "\\") at++;
    else if (char === "[") isClass = true;
    else if (char === "]") isClass = false;
    else if (char === "\n") return start + 1;
    else if (char === "/" && !isClass) return at + 1;
  }
  return source.length;
}

function newlinesOf(source: string): readonly number[] {
  return [...source.matchAll(/\n/g)].map(({ index }) => index);
}

/** Returns the number of a place's line, from 1. */
function lineAt(newlines: readonly number[], place: number): number {
  let low = 0;
  let high = newlines.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((newlines[middle] ?? 0) < place) low = middle + 1;
    else high = middle;
  }
  return low + 1;
}
