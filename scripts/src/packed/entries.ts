import { statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { testTools } from "../arrows/manifests.ts";
import { browserSubpaths } from "../arrows/node-free.ts";
import { machineFolders } from "../machine.ts";
import { run } from "../run.ts";
import type { WorkspacePackage } from "../workspace.ts";

export type Outcome = { readonly name: string; readonly problem?: string };

/** A Node.js to import under: the workspace's, or the machine's if its version differs. */
export type Runtime = { readonly path: string; readonly version: string };

export async function runtimes(): Promise<readonly Runtime[]> {
  const found: Runtime[] = [
    { path: process.execPath, version: process.versions.node },
  ];
  for (const folder of machineFolders()) {
    const path = join(folder, "node");
    const { ok, output } = await run(path, ["--version"]);
    const version = output.trim().replace(/^v/, "");
    if (ok && found.every((runtime) => runtime.version !== version)) {
      found.push({ path, version });
    }
  }
  return found;
}

/** Imports every subpath of the package in one process. Returns undefined if its `engines` exclude that Node.js. */
export async function importOutcome(
  pkg: WorkspacePackage,
  runtime: Runtime,
  folder: string,
): Promise<Outcome | undefined> {
  if (!satisfies(runtime.version, pkg.manifest.engines?.node ?? "")) return;
  const lines = specifiersOf(pkg, Object.keys(pkg.manifest.exports ?? {})).map(
    (specifier) =>
      specifier.endsWith("/package.json")
        ? `await import("${specifier}", { with: { type: "json" } });`
        : `await import("${specifier}");`,
  );
  const file = join(folder, `import-${pkg.label}.mjs`);
  writeFileSync(file, lines.join("\n"));
  const { ok, output } = await run(runtime.path, ["--no-warnings", file], {
    cwd: folder,
  });
  const name = `${pkg.label} under Node ${runtime.version}`;
  return ok && output === "" ? { name } : { name, problem: output };
}

/** Bundles each browser entry and reports its size. esbuild refuses modules of Node.js. */
export async function bundleOutcomes(
  pkg: WorkspacePackage,
  folder: string,
): Promise<readonly Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const specifier of specifiersOf(pkg, browserSubpaths(pkg))) {
    const name = specifier.replace(/\W+/g, "-");
    const input = join(folder, `${name}.mjs`);
    const bundle = join(folder, "bundles", `${name}.js`);
    writeFileSync(input, `export * from "${specifier}";\n`);
    const { ok, output } = await run(
      "esbuild",
      [
        input,
        "--bundle",
        "--platform=browser",
        "--format=esm",
        "--target=es2022",
        "--minify",
        ...testTools.map((name) => `--external:${name}`),
        "--log-level=warning",
        `--outfile=${bundle}`,
      ],
      { cwd: folder },
    );
    outcomes.push(
      ok && output === ""
        ? { name: `${specifier} (${kilobytes(bundle)} kB)` }
        : { name: specifier, problem: output },
    );
  }
  return outcomes;
}

function specifiersOf(
  pkg: WorkspacePackage,
  subpaths: readonly string[],
): readonly string[] {
  return subpaths.map((subpath) => `${pkg.manifest.name}${subpath.slice(1)}`);
}

function kilobytes(file: string): string {
  return (statSync(file).size / 1000).toFixed(1);
}

/** Checks a version against a range of the form `>=20.19`, the only one that the packages use. */
function satisfies(version: string, range: string): boolean {
  const minimum = /^>=(\d+)(?:\.(\d+))?$/.exec(range);
  if (!minimum) throw new Error(`engines.node is "${range}", not ">=N.N"`);
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const [wantedMajor = 0, wantedMinor = 0] = minimum
    .slice(1)
    .map((n) => Number(n ?? 0));
  return major > wantedMajor || (major === wantedMajor && minor >= wantedMinor);
}
