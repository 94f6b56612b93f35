// Checks the packages as their users get them: packed, and installed with npm outside the workspace. The names of packages
// may follow, to check only those; the packages that they depend on must be named too: `node scripts/packed.ts primitives`.

import { basename } from "node:path";
import {
  bundleOutcomes,
  importOutcome,
  type Outcome,
  runtimes,
} from "./src/packed/entries.ts";
import { exampleOutcomes } from "./src/packed/examples.ts";
import { withInstalled } from "./src/packed/installation.ts";
import { root } from "./src/root.ts";
import { run } from "./src/run.ts";
import { publicPackages, readWorkspace } from "./src/workspace.ts";

const workspace = readWorkspace(root);
const wanted = process.argv.slice(2);
const packages = publicPackages(workspace).filter(
  ({ label }) => wanted.length === 0 || wanted.includes(label),
);
let failures = 0;
await withInstalled(workspace, packages, async ({ folder, tarballOf }) => {
  for (const pkg of packages) await print(lint(tarballOf(pkg)));
  const nodes = await runtimes();
  for (const pkg of packages) {
    for (const node of nodes) await print(importOutcome(pkg, node, folder));
    await print(bundleOutcomes(pkg, folder));
  }
  await print(exampleOutcomes(workspace, packages, folder));
});
console.log(`${packages.length} packages, ${failures} problems`);
if (failures > 0 || packages.length === 0) process.exitCode = 1;

async function lint(tarball: string): Promise<readonly Outcome[]> {
  const [publint, attw] = await Promise.all([
    run("publint", ["--strict", tarball]),
    run("attw", ["--profile", "esm-only", "--no-color", tarball]),
  ]);
  return [
    outcome(`publint ${basename(tarball)}`, publint),
    outcome(`attw ${basename(tarball)}`, attw),
  ];
}

function outcome(
  name: string,
  { ok, output }: { readonly ok: boolean; readonly output: string },
): Outcome {
  return ok ? { name } : { name, problem: output };
}

async function print(
  found: Promise<readonly Outcome[] | Outcome | undefined>,
): Promise<void> {
  for (const { name, problem } of [(await found) ?? []].flat()) {
    console.log(`${problem === undefined ? "ok    " : "FAILED"} ${name}`);
    if (problem === undefined) continue;
    failures++;
    console.log(problem);
  }
}
