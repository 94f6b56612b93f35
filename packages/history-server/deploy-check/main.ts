// Runs what `deploy` has, as far as a machine without a Docker daemon and without systemd as its first process can:
// `pnpm --filter @history-sync/history-server check:deploy`, as root, with Debian's systemd, bubblewrap, buildah, crun and mmdebstrap.
// What is not there is said and not checked.

import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildAndRunImage } from "./image.ts";
import { packages, run } from "./tools.ts";
import { runUnit, verifyUnit } from "./unit.ts";

const needs: readonly (readonly [
  name: string,
  programs: readonly string[],
  check: (tarballs: readonly string[], folder: string) => Promise<string>,
])[] = [
  ["the unit's words", ["systemd-analyze"], verifyUnit],
  ["the unit's command, in its sandbox", ["bwrap"], runUnit],
  ["the Dockerfile", ["buildah", "mmdebstrap"], buildAndRunImage],
];

const folder = await mkdtemp(join(tmpdir(), "check-deploy-"));
try {
  const tarballs = await packages(folder);
  for (const [name, programs, check] of needs) {
    const missing = await absent(programs);
    if (missing.length > 0) {
      tell("not run", name, `needs ${missing.join(", ")}`);
      continue;
    }
    const own = join(folder, programs[0] ?? "");
    await mkdir(own);
    try {
      tell("ok", name, await check(tarballs, own));
    } catch (error) {
      process.exitCode = 1;
      tell("FAILED", name, error instanceof Error ? error.message : `${error}`);
    }
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}

async function absent(programs: readonly string[]): Promise<string[]> {
  const missing: string[] = [];
  for (const program of programs) {
    await run(program, ["--version"]).catch(() => missing.push(program));
  }
  return missing;
}

function tell(outcome: string, name: string, text: string): void {
  process.stdout.write(`${outcome.padEnd(8)} ${name}: ${text}\n`);
}
