import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { testTools } from "../arrows/manifests.ts";
import type { Workspace, WorkspacePackage } from "../workspace.ts";
import { installTogether, packAll, tarballOf } from "./scratch.ts";

/** The variable that names a folder in which several checks share one installation. */
export const sharedFolder = "PACKED_FOLDER";

export type Installation = {
  /** The folder in which npm has installed the packages, outside of the workspace. */
  readonly folder: string;
  readonly tarballOf: (pkg: WorkspacePackage) => string;
};

/**
 * Packs the packages, installs the tarballs with npm and calls `use`. Where `PACKED_FOLDER` names a folder, the
 * installation is kept in it and the next caller takes it as it is; otherwise it is removed.
 */
export async function withInstalled<R>(
  workspace: Workspace,
  packages: readonly WorkspacePackage[],
  use: (installation: Installation) => Promise<R>,
): Promise<R> {
  const shared = process.env[sharedFolder];
  const scratch = shared ?? mkdtempSync(join(tmpdir(), "packed-"));
  const folder = join(scratch, "user");
  try {
    if (!existsSync(join(folder, "node_modules"))) {
      await packAll(workspace, packages, scratch);
      const tarballs = packages.map((pkg) => tarballOf(pkg, scratch));
      await installTogether(workspace, tarballs, folder, testTools);
    }
    return await use({ folder, tarballOf: (pkg) => tarballOf(pkg, scratch) });
  } finally {
    if (shared === undefined) rmSync(scratch, { recursive: true });
  }
}
