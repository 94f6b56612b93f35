// Installs what the other scripts need, or does nothing where that is there. Plain JavaScript, since it starts under
// whatever Node the machine has: pnpm and Node 24 come with the install, as dependencies of the root.

import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));

if (!isInstalled()) process.exitCode = install();

/** pnpm keeps a copy of the lockfile that it has installed, and writes .modules.yaml last. */
function isInstalled() {
  const installed = join(root, "node_modules/.pnpm/lock.yaml");
  return (
    existsSync(join(root, "node_modules/.modules.yaml")) &&
    existsSync(installed) &&
    readFileSync(installed).equals(readFileSync(join(root, "pnpm-lock.yaml")))
  );
}

/** The exit code of the install, by the pnpm that package.json names. */
function install() {
  const manifest = readFileSync(join(root, "package.json"), "utf8");
  const { packageManager } = JSON.parse(manifest);
  const result = spawnSync(
    "npx",
    ["-y", packageManager, "install", "--frozen-lockfile"],
    { cwd: root, stdio: "inherit", shell: process.platform === "win32" },
  );
  if (result.error) process.stderr.write(`${result.error.message}\n`);
  return result.status ?? 1;
}
