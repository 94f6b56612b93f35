// Installs what the other scripts need, unless it is installed. Plain JavaScript, since it runs under any Node.js that the
// machine has: pnpm and Node.js 24 come with the install, as dependencies of the root.

import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));

if (!isInstalled()) process.exitCode = install();

/** Returns true if pnpm's copy of the installed lockfile is the current one; pnpm writes .modules.yaml last. */
function isInstalled() {
  const installed = join(root, "node_modules/.pnpm/lock.yaml");
  return (
    existsSync(join(root, "node_modules/.modules.yaml")) &&
    existsSync(installed) &&
    readFileSync(installed).equals(readFileSync(join(root, "pnpm-lock.yaml")))
  );
}

/** Installs with the pnpm version that package.json names, and returns its exit code. */
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
