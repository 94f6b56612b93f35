import type { Workspace, WorkspacePackage } from "../workspace.ts";
import { shippedDependencies } from "../workspace.ts";
import { type Allowed, allowsOutside, matches, type Table } from "./table.ts";

/** The outside packages that one package compiles into itself. No other may use them, not even in its tests. */
export const bundled: Readonly<Record<string, string>> = {
  "ts-mls": "mls-group",
};

/** The tools that a contract suite in src/testing may have as peer dependencies. */
export const testTools: readonly string[] = ["vitest", "fast-check"];

/** Compares every package.json with the table. */
export function manifestProblems(
  workspace: Workspace,
  table: Table,
): readonly string[] {
  return [
    ...workspace.packages.flatMap((pkg) => {
      const allowed = table.get(pkg.label);
      return allowed === undefined
        ? []
        : packageProblems(workspace, pkg, allowed);
    }),
    ...cycleProblems(workspace),
  ];
}

function packageProblems(
  workspace: Workspace,
  pkg: WorkspacePackage,
  allowed: Allowed,
): readonly string[] {
  const { manifest, label, folder } = pkg;
  const file = `${folder}/package.json`;
  const shipped = shippedDependencies(manifest);
  const problems: string[] = [];
  for (const name of Object.keys(shipped)) {
    const other = labelOfName(workspace, name);
    const isTestTool =
      testTools.includes(name) && manifest.peerDependencies?.[name];
    const isAllowed =
      other === undefined
        ? isTestTool || allowsOutside(allowed, name)
        : allowed.packages.has(other);
    if (!isAllowed) {
      problems.push(
        `${file}: "${label}" depends on "${other ?? name}", which the package table (line ${allowed.line}) doesn't allow`,
      );
    }
  }
  for (const [name, range] of [
    ...Object.entries(shipped),
    ...Object.entries(manifest.devDependencies ?? {}),
  ]) {
    if (labelOfName(workspace, name) && !range.startsWith("workspace:")) {
      problems.push(
        `${file}: "${name}" is "${range}"; a package of the workspace is "workspace:^"`,
      );
    }
    const soleUser = bundled[name];
    if (soleUser !== undefined && soleUser !== label) {
      problems.push(
        `${file}: "${label}" depends on "${name}", which only "${soleUser}" may use`,
      );
    }
  }
  for (const pattern of allowed.outside) {
    if (!Object.keys(shipped).some((name) => matches(pattern, name))) {
      problems.push(
        `ARCHITECTURE.md:${allowed.line}: "${label}" may depend on "${pattern}", which is neither a package of the workspace nor a dependency of it`,
      );
    }
  }
  return problems;
}

function labelOfName(workspace: Workspace, name: string): string | undefined {
  return workspace.packages.find(({ manifest }) => manifest.name === name)
    ?.label;
}

/** Finds cycles over all kinds of dependencies, since packages in a cycle of tests can't be built in order either. */
function cycleProblems(workspace: Workspace): readonly string[] {
  const arrows = new Map<string, readonly string[]>();
  for (const { label, manifest } of workspace.packages) {
    const names = Object.keys({
      ...shippedDependencies(manifest),
      ...manifest.devDependencies,
    });
    arrows.set(
      label,
      names.flatMap((name) => labelOfName(workspace, name) ?? []),
    );
  }
  const problems: string[] = [];
  const done = new Set<string>();
  const visit = (label: string, path: readonly string[]) => {
    const start = path.indexOf(label);
    if (start >= 0) {
      const circle = [...path.slice(start), label].join(" -> ");
      problems.push(`packages depend on each other in a circle: ${circle}`);
    } else if (!done.has(label)) {
      for (const next of arrows.get(label) ?? []) visit(next, [...path, label]);
      done.add(label);
    }
  };
  for (const label of arrows.keys()) visit(label, []);
  return problems;
}
