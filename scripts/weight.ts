// Prints how many outside packages and megabytes each published package brings along, and checks them against its budget.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { withInstalled } from "./src/packed/installation.ts";
import { report } from "./src/report.ts";
import { root } from "./src/root.ts";
import {
  budgetFile,
  readBudgets,
  weightProblems,
  weightTable,
} from "./src/weight/budgets.ts";
import { installedWeight } from "./src/weight/installed.ts";
import { publicPackages, readWorkspace } from "./src/workspace.ts";

const workspace = readWorkspace(root);
const packages = publicPackages(workspace);
const names = new Set(packages.map(({ manifest }) => manifest.name));
const markdown = readFileSync(join(root, budgetFile), "utf8");
const { budgets, problems } = readBudgets(markdown, workspace);

const weights = await withInstalled(workspace, packages, async ({ folder }) =>
  packages.map(({ label, manifest }) => ({
    label,
    weight: installedWeight(folder, manifest.name, (name) => names.has(name)),
  })),
);
for (const line of weightTable(weights, budgets)) console.log(line);
const excess = weights.flatMap(({ label, weight }) => {
  const budget = budgets.get(label);
  return budget ? weightProblems(budget, weight) : [];
});
report([...problems, ...excess], "Every package is within its budget.");
