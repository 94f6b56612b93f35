import { expect, test } from "vitest";
import { clearResults, tallyResults } from "../src/tally.ts";
import { type Files, json, withTree } from "./tree.ts";

function counts(passed: number, failed: number, skipped: number): string {
  return json({
    numPassedTests: passed,
    numFailedTests: failed,
    numPendingTests: skipped,
    numTodoTests: 0,
  });
}

const files: Files = {
  "package.json": json({ name: "root" }),
  "pnpm-workspace.yaml": "packages:\n  - packages/*\n",
  "packages/a/package.json": json({ name: "a", scripts: { test: "vitest" } }),
  "packages/a/.vitest/results.json": counts(3, 1, 0),
  "packages/b/package.json": json({ name: "b", scripts: { test: "vitest" } }),
  "packages/b/.vitest/results.json": counts(2, 0, 0),
  "packages/untested/package.json": json({ name: "untested" }),
};

test("adds up the packages that have the script", async () => {
  const tally = await withTree(files, (root) => tallyResults(root, "test"));
  expect(tally).toEqual({ passed: 5, failed: 1, problems: [] });
});

test.each([
  ["ran none", counts(0, 0, 0), ["packages/b: no test ran"]],
  ["skipped some", counts(2, 0, 4), ["packages/b: 4 tests were skipped"]],
])("tells which package %s", async (_, results, problems) => {
  const changed = { ...files, "packages/b/.vitest/results.json": results };
  const tally = await withTree(changed, (root) => tallyResults(root, "test"));
  expect(tally.problems).toEqual(problems);
});

test("counts nothing from a run before", async () => {
  const tally = await withTree(files, (root) => {
    clearResults(root);
    return tallyResults(root, "test");
  });
  expect(tally).toEqual({
    passed: 0,
    failed: 0,
    problems: ["packages/a: no test ran", "packages/b: no test ran"],
  });
});
