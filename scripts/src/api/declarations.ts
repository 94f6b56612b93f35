import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** One exported name of an entry. */
export type ApiExport = {
  readonly name: string;
  /** Its declaration without comments, or the package that it is exported from again. */
  readonly signature: string;
  readonly isDocumented: boolean;
  /** The declaration file. */
  readonly file: string;
};

/** A statement at the top of a declaration file, with the doc comment before it. */
type Statement = { readonly text: string; readonly isDocumented: boolean };

/** Returns what an entry's declaration file exports, by name, in alphabetical order. */
export function exportsOf(file: string): readonly ApiExport[] {
  const found = new Map<string, ApiExport>();
  for (const { text, isDocumented } of statementsOf(file)) {
    const again = /^export (?:type )?\{([\s\S]*?)\}(?: from "([^"]+)")?;/.exec(
      text,
    );
    if (again) {
      for (const one of exportedAgain(file, `${again[1]}`, again[2])) {
        found.set(one.name, one);
      }
      continue;
    }
    const name = declaredName(text);
    if (name === undefined) continue;
    const earlier = found.get(name);
    const signature = [earlier?.signature, withoutComments(text)]
      .filter((part) => part !== undefined)
      .join("\n");
    const documented = isDocumented || (earlier?.isDocumented ?? false);
    found.set(name, { name, signature, isDocumented: documented, file });
  }
  return [...found.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

function* exportedAgain(
  file: string,
  list: string,
  from: string | undefined,
): Generator<ApiExport> {
  for (const item of list.split(",")) {
    const [, original = "", renamed] =
      /^\s*(?:type )?(\w+)(?: as (\w+))?\s*$/.exec(item) ?? [];
    if (original === "") continue;
    const name = renamed ?? original;
    const target = from ?? importedFrom(file, original);
    if (target === undefined || !target.startsWith(".")) {
      const signature = `export { ${original} } from "${target ?? "here"}";`;
      yield { name, signature, isDocumented: true, file };
      continue;
    }
    const other = join(dirname(file), target.replace(/\.js$/, ".d.ts"));
    const declared = exportsOf(other).find((one) => one.name === original);
    if (declared) yield { ...declared, name };
  }
}

/** Returns the members of a union of strings that have no doc comment right before them. */
export function undocumentedMembers(text: string, union: string): string[] {
  const start = text.indexOf(`type ${union} =`);
  if (start === -1) return [];
  const body = text
    .slice(start, text.indexOf('";', start) + 2)
    .replaceAll(/\/\*[\s\S]*?\*\//g, "/**/");
  const isDocumented = /\*\/\s*(?:\|\s*)?$/;
  return [...body.matchAll(/"([^"]+)"/g)]
    .filter(({ index }) => !isDocumented.test(body.slice(0, index)))
    .map(([, member]) => `${member}`);
}

/** Returns the module of a name that is imported and then exported. */
function importedFrom(file: string, name: string): string | undefined {
  const imports = readFileSync(file, "utf8").matchAll(
    /^import (?:type )?\{([\s\S]*?)\} from "([^"]+)";/gm,
  );
  for (const [, list = "", from] of imports) {
    if (new RegExp(`\\b${name}\\b`).test(list)) return from;
  }
  return undefined;
}

function declaredName(text: string): string | undefined {
  return /^export (?:declare )?(?:abstract )?(?:async )?(?:function\*?|const|let|class|interface|type|enum|namespace) (\w+)/.exec(
    text,
  )?.[1];
}

function statementsOf(file: string): readonly Statement[] {
  if (!existsSync(file)) return [];
  const statements: Statement[] = [];
  let text = "";
  let isDocumented = false;
  let comment = "";
  for (const line of readFileSync(file, "utf8").split("\n")) {
    if (text === "" && (comment !== "" || line.startsWith("/**"))) {
      comment += line;
      if (comment.includes("*/")) {
        isDocumented = true;
        comment = "";
      }
      continue;
    }
    if (text === "" && (line === "" || line.startsWith("//"))) continue;
    text += `${text === "" ? "" : "\n"}${line}`;
    if (!isWhole(text)) continue;
    statements.push({ text, isDocumented });
    text = "";
    isDocumented = false;
  }
  return statements;
}

function isWhole(text: string): boolean {
  const plain = withoutComments(text).replaceAll(/"[^"\n]*"|`[^`]*`/g, "");
  const count = (pattern: RegExp) => plain.match(pattern)?.length ?? 0;
  const isBalanced =
    count(/\{/g) === count(/\}/g) && count(/\(/g) === count(/\)/g);
  return isBalanced && /[;}]\s*(?:\/\/.*)?$/.test(plain.trimEnd());
}

function withoutComments(text: string): string {
  return text
    .replaceAll(/\/\*[\s\S]*?\*\//g, "")
    .split("\n")
    .map((line) => line.trimEnd())
    .filter((line) => line.trim() !== "" && !line.startsWith("//#"))
    .join("\n");
}
