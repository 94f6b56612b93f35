// Runs all checks of .ci/run except `npm test`, which .ci/run has run before: `node scripts/check.ts EXIT SECONDS` receives
// its exit code and its duration. A failing check doesn't stop the later ones. The last line has the totals: each test
// counts as one, each check as one. The exit code is 2 if anything failed, since Node.js exits with 1 when a script throws.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sharedFolder } from "./src/packed/installation.ts";
import { root } from "./src/root.ts";
import { run, show } from "./src/run.ts";
import { clearResults, type TestScript, tallyResults } from "./src/tally.ts";

const totals = { passed: 0, failed: 0 };
const lines: string[] = [];

function record(name: string, ok: boolean, seconds: number): void {
  totals[ok ? "passed" : "failed"]++;
  lines.push(
    `${ok ? "passed" : "FAILED"} ${seconds.toFixed(1).padStart(7)} s  ${name}`,
  );
}

function countTests(script: TestScript): boolean {
  const { passed, failed, problems } = tallyResults(root, script);
  totals.passed += passed;
  totals.failed += failed;
  for (const problem of problems) console.error(problem);
  console.log(`${script}: ${passed} tests passed, ${failed} failed`);
  clearResults(root);
  return problems.length === 0 && passed > 0;
}

async function check(
  name: string,
  body: () => Promise<boolean>,
): Promise<void> {
  console.log(`\n== ${name}`);
  const started = performance.now();
  const ok = await body().catch((error: unknown) => {
    console.error(error);
    return false;
  });
  record(name, ok, (performance.now() - started) / 1000);
}

/** Returns true if git finds no changed and no new file below `path`. */
async function isClean(path: string): Promise<boolean> {
  const args = ["status", "--porcelain", "--untracked-files=all", "--", path];
  const { ok, output } = await run("git", args);
  if (output !== "") console.error(output);
  return ok && output === "";
}

const [exitCode, seconds] = process.argv.slice(2).map(Number);
record("npm test", exitCode === 0, seconds ?? 0);

await check("tests are counted", async () => countTests("test"));
await check("format and lint", () => show("pnpm", ["run", "lint"]));
await check("types", () => show("pnpm", ["run", "typecheck"]));
await check("generated code is up to date", async () => {
  const generated = await show("pnpm", ["run", "gen"]);
  return (await isClean("packages/proto/src/gen")) && generated;
});
await check("wire messages stay compatible", () =>
  show("node", ["scripts/breaking.ts"]),
);
await check("arrows between packages", () => show("pnpm", ["run", "arrows"]));
await check("tests in Chromium", async () => {
  const ok = await show("pnpm", ["run", "test:browser"]);
  return countTests("test:browser") && ok;
});
await check("nothing unused", () => show("pnpm", ["run", "knip"]));
const packed = mkdtempSync(join(tmpdir(), "packed-"));
try {
  process.env[sharedFolder] = packed;
  await check("packed packages", () => show("pnpm", ["run", "check:packed"]));
  await check("weight", () => show("pnpm", ["run", "check:weight"]));
} finally {
  rmSync(packed, { recursive: true });
}
await check("documentation site", () => show("pnpm", ["run", "docs"]));
await check("documents", () => show("pnpm", ["run", "check:docs"]));
await check("public API", () => show("pnpm", ["run", "check:api"]));
await check("package metadata", () => show("pnpm", ["run", "check:metadata"]));
await check("words", () => show("pnpm", ["run", "check:words"]));
await check("the tree is as committed", () => isClean("."));

console.log(`\n${lines.join("\n")}`);
console.log(`${totals.passed} passed, ${totals.failed} failed`);
process.exitCode = totals.failed === 0 ? 0 : 2;
