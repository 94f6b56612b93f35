import { existsSync, readdirSync } from "node:fs";
import { isBuiltin } from "node:module";
import { dirname, join, relative } from "node:path";
import { type Import, importsOf, splitSpecifier } from "../imports.ts";
import {
  shippedDependencies,
  type Workspace,
  type WorkspacePackage,
} from "../workspace.ts";
import { bundled, testTools } from "./manifests.ts";
import type { Table } from "./table.ts";

/** The one file that imports what only its caller names: an adapter that is no dependency of anyone. */
const adapterLoader = "packages/server-kit/src/load-adapter.ts";

type Where = {
  readonly workspace: Workspace;
  readonly pkg: WorkspacePackage;
  readonly table: Table;
  /** Relative to the package. */
  readonly file: string;
};

/** Checks every import in every package's src/ and test/ against its package.json and the table. */
export function sourceProblems(
  workspace: Workspace,
  table: Table,
): readonly string[] {
  return workspace.packages.flatMap((pkg) =>
    ["src", "test"].flatMap((folder) =>
      sourceFiles(workspace.root, pkg, folder).flatMap((file) => {
        const where = { workspace, pkg, table, file };
        return importsOf(join(workspace.root, pkg.folder, file)).flatMap(
          (found) =>
            importProblems(where, found).map(
              (text) => `${pkg.folder}/${file}:${found.line}: ${text}`,
            ),
        );
      }),
    ),
  );
}

function sourceFiles(
  root: string,
  pkg: WorkspacePackage,
  folder: string,
): readonly string[] {
  const base = join(root, pkg.folder);
  if (!existsSync(join(base, folder))) return [];
  return readdirSync(join(base, folder), {
    recursive: true,
    withFileTypes: true,
  })
    .filter((entry) => entry.isFile() && /\.[cm]?[jt]sx?$/.test(entry.name))
    .map((entry) => relative(base, join(entry.parentPath, entry.name)))
    .sort();
}

function importProblems(where: Where, found: Import): readonly string[] {
  const { specifier } = found;
  if (specifier === undefined) {
    const isLoader = `${where.pkg.folder}/${where.file}` === adapterLoader;
    return where.file.startsWith("src/") && !isLoader
      ? ["import() of something that isn't a plain string can't be checked"]
      : [];
  }
  if (specifier.startsWith(".")) return relativeProblems(where, specifier);
  if (isBuiltin(specifier)) return [];
  if (specifier.startsWith("#")) {
    return where.pkg.manifest.imports?.[specifier]
      ? []
      : [`"${specifier}" is not among the package's "imports"`];
  }
  return packageProblems(where, specifier);
}

function relativeProblems(where: Where, specifier: string): readonly string[] {
  const target = join(dirname(where.file), specifier);
  return target.startsWith("..")
    ? [`"${specifier}" leaves the package; import the other one by its name`]
    : [];
}

function packageProblems(where: Where, specifier: string): readonly string[] {
  const { workspace, pkg, table, file } = where;
  const { name, subpath } = splitSpecifier(specifier);
  const isSource = file.startsWith("src/");
  const other = workspace.packages.find((p) => p.manifest.name === name);
  const problems: string[] = [];
  const soleUser = bundled[name];
  if (soleUser !== undefined && soleUser !== pkg.label) {
    problems.push(`imports "${name}", which only "${soleUser}" may use`);
  }
  if (other === pkg) {
    if (isSource) problems.push("a package doesn't import itself by its name");
  } else if (!isDeclared(where, name)) {
    const kind = isSource ? "dependencies" : "dependencies or devDependencies";
    problems.push(`imports "${name}", which is not among its ${kind}`);
  }
  if (other && isSource && other !== pkg) {
    const allowed = table.get(pkg.label);
    if (allowed && !allowed.packages.has(other.label)) {
      problems.push(
        `"${pkg.label}" imports "${other.label}", which the package table (line ${allowed.line}) doesn't allow`,
      );
    }
  }
  if (other && !exportsSubpath(other, subpath)) {
    problems.push(`"${name}" exports no "${subpath}"`);
  }
  return problems;
}

/** Tests may import what the root installs; the source only what its users install or what is compiled in. */
function isDeclared(where: Where, name: string): boolean {
  const { manifest } = where.pkg;
  if (!where.file.startsWith("src/")) {
    return [
      shippedDependencies(manifest),
      manifest.devDependencies,
      where.workspace.rootManifest.devDependencies,
    ].some((section) => section?.[name] !== undefined);
  }
  const isCompiledIn =
    (manifest.private || bundled[name] === where.pkg.label) &&
    manifest.devDependencies?.[name] !== undefined;
  if (testTools.includes(name) && !manifest.private) {
    return (
      where.file.startsWith("src/testing/") &&
      manifest.peerDependencies?.[name] !== undefined
    );
  }
  return isCompiledIn || shippedDependencies(manifest)[name] !== undefined;
}

function exportsSubpath(pkg: WorkspacePackage, subpath: string): boolean {
  return Object.keys(pkg.manifest.exports ?? {}).some(
    (key) =>
      key === subpath ||
      (key.endsWith("/*") && subpath.startsWith(key.slice(0, -1))),
  );
}
