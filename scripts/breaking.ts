// Checks that a peer built from an earlier commit can still read and write the wire messages of this one.

import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { comparisonCommit } from "./src/comparison-commit.ts";
import { root } from "./src/root.ts";
import { run, show } from "./src/run.ts";

const commit = await comparisonCommit(root);
if (commit === undefined) {
  console.log("No earlier commit has wire messages to compare with.");
} else {
  const scratch = mkdtempSync(join(tmpdir(), "wire-before-"));
  try {
    const archive = join(scratch, "proto.tar");
    const before = join(scratch, "before");
    mkdirSync(before);
    await must("git", ["archive", "--output", archive, commit, "proto"]);
    await must("tar", ["-xf", archive, "-C", before]);
    const args = ["breaking", "proto", "--against", join(before, "proto")];
    const ok = await show("proto/node_modules/.bin/buf", args);
    if (ok) console.log(`The wire messages fit those of ${commit}.`);
    else process.exitCode = 1;
  } finally {
    rmSync(scratch, { recursive: true });
  }
}

async function must(program: string, args: readonly string[]): Promise<void> {
  const { ok, output } = await run(program, args);
  if (!ok) throw new Error(`${program} ${args.join(" ")}: ${output}`);
}
