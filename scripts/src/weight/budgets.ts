import { codeSpans, tableRows } from "../markdown.ts";
import { publicPackages, type Workspace } from "../workspace.ts";
import type { Share, Weight } from "./installed.ts";

/** The outside packages that a package may bring along, by its row in ARCHITECTURE.md: how many, and how large together. */
export type Budget = {
  readonly label: string;
  readonly line: number;
  readonly outside: number;
  readonly megabytes: number;
};

export type Budgets = ReadonlyMap<string, Budget>;

export const budgetFile = "ARCHITECTURE.md";
const head = ["package", "outside packages, at most", "their MB, at most"];

/** Reads the table of budgets, which must have one row for each published package. */
export function readBudgets(
  markdown: string,
  workspace: Workspace,
): { readonly budgets: Budgets; readonly problems: readonly string[] } {
  const rows = tableRows(markdown, head);
  if (rows === undefined) {
    const wanted = `| ${head.join(" | ")} |`;
    return {
      budgets: new Map(),
      problems: [`${budgetFile}: no table that starts with "${wanted}"`],
    };
  }
  const labels = publicPackages(workspace).map(({ label }) => label);
  const budgets = new Map<string, Budget>();
  const problems: string[] = [];
  for (const { line, cells } of rows) {
    const label = codeSpans(cells[0] ?? "")[0] ?? "";
    const [outside = "", megabytes = ""] = cells.slice(1);
    const place = `${budgetFile}:${line}`;
    if (!labels.includes(label)) {
      problems.push(`${place}: expected a published package, got "${label}"`);
    } else if (budgets.has(label)) {
      problems.push(`${place}: "${label}" has a budget already`);
    } else if (!/^\d+$/.test(outside) || !/^\d+(\.\d+)?$/.test(megabytes)) {
      problems.push(
        `${place}: expected a number of packages and of megabytes, got "${outside}" and "${megabytes}"`,
      );
    }
    budgets.set(label, {
      label,
      line,
      outside: Number(outside),
      megabytes: Number(megabytes),
    });
  }
  const missing = labels
    .filter((label) => !budgets.has(label))
    .map((label) => `${budgetFile}: "${label}" has no row in the budget table`);
  return { budgets, problems: [...problems, ...missing] };
}

/** Returns the excess over the package's budget, with the names that make it up. */
export function weightProblems(
  budget: Budget,
  { outside: { packages, bytes } }: Weight,
): readonly string[] {
  const place = `${budgetFile}:${budget.line}: "${budget.label}"`;
  const problems: string[] = [];
  if (packages.length > budget.outside) {
    problems.push(
      `${place}: expected at most ${budget.outside} outside packages, got ${packages.length}: ${packages.join(", ")}`,
    );
  }
  if (bytes > budget.megabytes * 1e6) {
    problems.push(
      `${place}: expected at most ${budget.megabytes} MB of outside packages, got ${bytes / 1e6}`,
    );
  }
  return problems;
}

/** The lines of a table that shows each package's weight beside its budget. */
export function weightTable(
  weights: readonly { readonly label: string; readonly weight: Weight }[],
  budgets: Budgets,
): readonly string[] {
  const rows = weights.map(({ label, weight: { own, outside } }) => {
    const budget = budgets.get(label);
    return [
      label,
      `${outside.packages.length}`,
      `${budget?.outside ?? "?"}`,
      megabytesOf(outside),
      `${budget?.megabytes ?? "?"}`,
      `${own.packages.length}`,
      megabytesOf(own),
    ];
  });
  const title = ["package", "outside", "at most", "MB", "at most", "own", "MB"];
  return aligned([title, ...rows]);
}

/** The first column to the left, numbers to the right. */
function aligned(rows: readonly (readonly string[])[]): readonly string[] {
  const widthOf = (column: number) =>
    Math.max(...rows.map((cells) => cells[column]?.length ?? 0));
  return rows.map((cells) =>
    cells
      .map((cell, column) =>
        column === 0 ? cell.padEnd(widthOf(0)) : cell.padStart(widthOf(column)),
      )
      .join("  "),
  );
}

function megabytesOf({ bytes }: Share): string {
  return (bytes / 1e6).toFixed(2);
}
