import { codeSpans, tableRows } from "../markdown.ts";
import type { Workspace } from "../workspace.ts";

/** One row of the package table in ARCHITECTURE.md. */
export type Allowed = {
  readonly label: string;
  readonly line: number;
  /** Labels of workspace packages. */
  readonly packages: ReadonlySet<string>;
  /** Names of outside packages, where `@scope/*` means the whole scope. */
  readonly outside: readonly string[];
};

export type Table = ReadonlyMap<string, Allowed>;

export const tableFile = "ARCHITECTURE.md";
const head = ["package", "one sentence", "may depend on"];

/** Reads the table and checks that it has a row for each package of the workspace. */
export function readTable(
  markdown: string,
  workspace: Workspace,
): { readonly table: Table; readonly problems: readonly string[] } {
  const rows = tableRows(markdown, head);
  if (rows === undefined) {
    const wanted = `| ${head.join(" | ")} |`;
    return {
      table: new Map(),
      problems: [`${tableFile}: no table that starts with "${wanted}"`],
    };
  }
  const known = new Set(workspace.packages.map(({ label }) => label));
  const table = new Map<string, Allowed>();
  const problems: string[] = [];
  for (const { line, cells } of rows) {
    const label = labelOf(codeSpans(cells[0] ?? "")[0] ?? "");
    if (!known.has(label)) {
      problems.push(`${tableFile}:${line}: there is no package "${label}"`);
    }
    const names = codeSpans(cells[2] ?? "");
    const packages = new Set(names.map(labelOf).filter((n) => known.has(n)));
    if (/all of the above/.test(cells[2] ?? "")) {
      for (const above of table.keys()) packages.add(above);
    }
    const outside = names.filter((name) => !known.has(labelOf(name)));
    table.set(label, { label, line, packages, outside });
  }
  for (const { label, folder } of workspace.packages) {
    if (!table.has(label)) {
      problems.push(
        `${folder}/package.json: "${label}" has no row in the package table of ${tableFile}`,
      );
    }
  }
  return { table, problems };
}

export function allowsOutside(allowed: Allowed, name: string): boolean {
  return allowed.outside.some((pattern) => matches(pattern, name));
}

export function matches(pattern: string, name: string): boolean {
  return pattern.endsWith("/*")
    ? name.startsWith(pattern.slice(0, -1))
    : name === pattern;
}

/** Returns the label for a name in the table: a private program may be written with its folder, `apps/demo`. */
function labelOf(name: string): string {
  return name.startsWith("@") ? name : (name.split("/").at(-1) ?? name);
}
