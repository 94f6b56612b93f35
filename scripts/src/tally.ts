import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { readWorkspace } from "./workspace.ts";

/** The number of tests that ran over all packages, and what is wrong with their reports. */
export type Tally = {
  readonly passed: number;
  readonly failed: number;
  readonly problems: readonly string[];
};

/** The script of a package's package.json that runs its tests. */
export type TestScript = "test" | "test:browser";

/** Removes the reports of earlier runs, so that they are not counted again. */
export function clearResults(root: string): void {
  for (const { folder } of readWorkspace(root).packages) {
    rmSync(join(root, folder, ".vitest"), { recursive: true, force: true });
  }
}

/** Sums up the reports of Vitest. A package that has the script must have run at least one test and skipped none. */
export function tallyResults(root: string, script: TestScript): Tally {
  let passed = 0;
  let failed = 0;
  const problems: string[] = [];
  for (const { folder, manifest } of readWorkspace(root).packages) {
    if (manifest.scripts?.[script] === undefined) continue;
    const file = join(root, folder, ".vitest/results.json");
    const counts = existsSync(file)
      ? JSON.parse(readFileSync(file, "utf8"))
      : { numPassedTests: 0, numFailedTests: 0 };
    const skipped = (counts.numPendingTests ?? 0) + (counts.numTodoTests ?? 0);
    passed += counts.numPassedTests;
    failed += counts.numFailedTests;
    if (counts.numPassedTests + counts.numFailedTests === 0) {
      problems.push(`${folder}: no test ran`);
    }
    if (skipped > 0) problems.push(`${folder}: ${skipped} tests were skipped`);
  }
  return { passed, failed, problems };
}
