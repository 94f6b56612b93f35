import { readFileSync } from "node:fs";
import { parseSync, Visitor } from "oxc-parser";

/** One import of a source file. `specifier` is undefined where it isn't a plain string. */
export type Import = {
  readonly line: number;
  readonly specifier: string | undefined;
};

type Source = { readonly start: number; readonly value?: unknown };

/** Finds static and type imports, `export … from`, `import()` as an expression and as a type, `import … = require()`. */
export function importsOf(file: string): readonly Import[] {
  const text = readFileSync(file, "utf8");
  const { program, errors } = parseSync(file, text);
  if (errors[0]) throw new Error(`${file}: ${errors[0].message}`);
  const found: Import[] = [];
  const add = (source: Source | null) => {
    if (source === null) return;
    const line = text.slice(0, source.start).split("\n").length;
    const { value } = source;
    found.push({
      line,
      specifier: typeof value === "string" ? value : undefined,
    });
  };
  new Visitor({
    ImportDeclaration: ({ source }) => add(source),
    ExportNamedDeclaration: ({ source }) => add(source),
    ExportAllDeclaration: ({ source }) => add(source),
    ImportExpression: ({ source }) => add(source),
    TSImportType: ({ source }) => add(source),
    TSExternalModuleReference: ({ expression }) => add(expression),
  }).visit(program);
  return found;
}

/** `@scope/name/sub/path` is package `@scope/name` and subpath `./sub/path`; the root's subpath is `.`. */
export function splitSpecifier(specifier: string): {
  readonly name: string;
  readonly subpath: string;
} {
  const parts = specifier.split("/");
  const length = specifier.startsWith("@") ? 2 : 1;
  const rest = parts.slice(length).join("/");
  return {
    name: parts.slice(0, length).join("/"),
    subpath: rest === "" ? "." : `./${rest}`,
  };
}
