import { mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { machineEnvironment } from "../machine.ts";
import { run } from "../run.ts";
import type { Workspace, WorkspacePackage } from "../workspace.ts";

/** Packs each package into `folder` as a publish does: from a tree without its `dist`, which `prepack` has to build. */
export async function packAll(
  workspace: Workspace,
  packages: readonly WorkspacePackage[],
  folder: string,
): Promise<void> {
  for (const pkg of packages) {
    const cwd = join(workspace.root, pkg.folder);
    rmSync(join(cwd, "dist"), { recursive: true, force: true });
    const args = ["pack", "--pack-destination", folder];
    await must("pnpm", args, { cwd, env: cachedBuilds() });
  }
}

/** Returns the path of the tarball that `packAll` makes in `folder`. */
export function tarballOf(
  { manifest: { name, version } }: WorkspacePackage,
  folder: string,
): string {
  const file = name.replace(/^@/, "").replace("/", "-");
  return join(folder, `${file}-${version}.tgz`);
}

/**
 * Installs all tarballs with one npm command, so that they resolve to each other and not to the registry.
 * `linked` names tools of the workspace that a user of the packages' test suites has installed.
 */
export async function installTogether(
  workspace: Workspace,
  tarballs: readonly string[],
  folder: string,
  linked: readonly string[],
): Promise<void> {
  mkdirSync(folder, { recursive: true });
  writeFileSync(
    join(folder, "package.json"),
    JSON.stringify({ name: "scratch", private: true, type: "module" }),
  );
  const quiet = ["--no-audit", "--no-fund", "--no-package-lock"];
  await must("npm", ["install", ...quiet, ...tarballs], {
    cwd: folder,
    env: machineEnvironment(),
  });
  for (const name of linked) {
    symlinkSync(
      join(workspace.root, "node_modules", name),
      join(folder, "node_modules", name),
    );
  }
}

/** Lets turbo use its cache, so that the `prepack` of many packages builds a package that they share once. */
function cachedBuilds(): NodeJS.ProcessEnv {
  const { TURBO_FORCE: _, ...env } = process.env;
  return env;
}

async function must(
  program: string,
  args: readonly string[],
  runOptions: { readonly cwd: string; readonly env: NodeJS.ProcessEnv },
): Promise<void> {
  const { ok, output } = await run(program, args, runOptions);
  if (!ok) throw new Error(`${program} ${args[0]}: ${output}`);
}
