import { existsSync } from "node:fs";
import { isBuiltin } from "node:module";
import { dirname, join } from "node:path";
import { importsOf, splitSpecifier } from "../imports.ts";
import {
  publicPackages,
  type Workspace,
  type WorkspacePackage,
} from "../workspace.ts";

/** The subpaths that may import modules of Node.js. All others must run in browsers too. */
const nodeSubpaths: readonly string[] = ["./node", "./node/tus", "./sqlite"];

export function browserSubpaths(pkg: WorkspacePackage): readonly string[] {
  return Object.keys(pkg.manifest.exports ?? {}).filter(
    (subpath) =>
      subpath !== "./package.json" && !nodeSubpaths.includes(subpath),
  );
}

/** Follows the imports of every browser entry through its package, and reports each line that imports a Node.js module. */
export function nodeFreeProblems(workspace: Workspace): readonly string[] {
  return publicPackages(workspace).flatMap((pkg) => {
    const { exports } = pkg.manifest;
    return browserSubpaths(pkg).flatMap((subpath) => {
      const target = defaultTarget(exports?.[subpath]);
      const entry = target && sourceOf(workspace, pkg, target);
      return entry
        ? reachableProblems(workspace, pkg, subpath, entry)
        : [
            `${pkg.folder}/package.json: no source file for "${subpath}" (${target})`,
          ];
    });
  });
}

function reachableProblems(
  workspace: Workspace,
  pkg: WorkspacePackage,
  subpath: string,
  entry: string,
): readonly string[] {
  const problems: string[] = [];
  const seen = new Set([entry]);
  for (const file of seen) {
    for (const found of importsOf(join(workspace.root, pkg.folder, file))) {
      const { specifier } = found;
      if (specifier === undefined) continue;
      if (isNodeOnly(workspace, specifier)) {
        problems.push(
          `${pkg.folder}/${file}:${found.line}: imports "${specifier}", and "${subpath}" reaches it; it would not run in a browser`,
        );
      }
      const next = nextFile(workspace, pkg, file, specifier);
      if (next !== undefined) seen.add(next);
    }
  }
  return problems;
}

function isNodeOnly(workspace: Workspace, specifier: string): boolean {
  if (isBuiltin(specifier)) return true;
  const { name, subpath } = splitSpecifier(specifier);
  return (
    nodeSubpaths.includes(subpath) &&
    workspace.packages.some(({ manifest }) => manifest.name === name)
  );
}

/** Returns the file of the same package that an import names; `#name` means its "default" condition, not "node". */
function nextFile(
  workspace: Workspace,
  pkg: WorkspacePackage,
  file: string,
  specifier: string,
): string | undefined {
  if (specifier.startsWith(".")) {
    return sourceOf(workspace, pkg, join(dirname(file), specifier));
  }
  const target = specifier.startsWith("#")
    ? defaultTarget(pkg.manifest.imports?.[specifier])
    : undefined;
  return target && sourceOf(workspace, pkg, target);
}

/** Returns the file that a bundler for browsers uses: the first of the conditions "browser", "import" and "default". */
function defaultTarget(conditions: unknown): string | undefined {
  if (typeof conditions === "string") return conditions;
  if (typeof conditions !== "object" || conditions === null) return undefined;
  for (const [condition, value] of Object.entries(conditions)) {
    if (["browser", "import", "default"].includes(condition)) {
      const target = defaultTarget(value);
      if (target !== undefined) return target;
    }
  }
  return undefined;
}

/** Returns `src/x.ts` for `dist/x.js`. */
function sourceOf(
  workspace: Workspace,
  pkg: WorkspacePackage,
  target: string,
): string | undefined {
  const path = join(target).replace(/^dist\//, "src/");
  const candidates = [path.replace(/\.js$/, ".ts"), path];
  return candidates.find((candidate) =>
    existsSync(join(workspace.root, pkg.folder, candidate)),
  );
}
