import { join } from "node:path";
import { describe, expect, test } from "vitest";
import {
  type Budget,
  readBudgets,
  weightProblems,
  weightTable,
} from "../src/weight/budgets.ts";
import { installedWeight } from "../src/weight/installed.ts";
import { readWorkspace } from "../src/workspace.ts";
import { type Files, json, withTree } from "./tree.ts";

const isOwn = (name: string) => name.startsWith("@t/");

/** A package.json as npm installs it; its length counts like that of any other file. */
function installed(name: string, more: object = {}): string {
  return json({ name, version: "1.0.0", ...more });
}

function weigh(files: Files, name: string) {
  return withTree(files, (root) => installedWeight(root, name, isOwn));
}

describe("installedWeight", () => {
  test("counts what is reached, each once, and nothing else", async () => {
    const files = {
      "node_modules/@t/app/package.json": installed("@t/app", {
        dependencies: { "@t/base": "1", left: "1" },
        devDependencies: { unreached: "1" },
      }),
      "node_modules/@t/app/dist/index.js": "12345",
      "node_modules/@t/base/package.json": installed("@t/base", {
        dependencies: { left: "1" },
      }),
      "node_modules/left/package.json": installed("left"),
      "node_modules/left/deep/er/file": "123",
      "node_modules/unreached/package.json": installed("unreached"),
    };
    const { own, outside } = await weigh(files, "@t/app");
    expect(own.packages).toEqual(["@t/app@1.0.0", "@t/base@1.0.0"]);
    expect(outside.packages).toEqual(["left@1.0.0"]);
    expect(outside.bytes).toBe(installed("left").length + 3);
  });

  test("counts two versions of one package as two", async () => {
    const nested = json({ name: "left", version: "2.0.0" });
    const files = {
      "node_modules/@t/app/package.json": installed("@t/app", {
        dependencies: { left: "1", right: "1" },
      }),
      "node_modules/left/package.json": installed("left"),
      "node_modules/right/package.json": installed("right", {
        dependencies: { left: "2" },
      }),
      "node_modules/right/node_modules/left/package.json": nested,
    };
    const { outside } = await weigh(files, "@t/app");
    expect(outside.packages).toEqual([
      "left@1.0.0",
      "left@2.0.0",
      "right@1.0.0",
    ]);
    const right = files["node_modules/right/package.json"].length;
    const left = installed("left").length;
    expect(outside.bytes).toBe(left + nested.length + right);
  });

  test("counts optional packages that are installed, and peers that are needed", async () => {
    const files = {
      "node_modules/@t/app/package.json": installed("@t/app", {
        dependencies: { absent: "1" },
        optionalDependencies: { absent: "1", extra: "1" },
        peerDependencies: { runner: "1", host: "1" },
        peerDependenciesMeta: { runner: { optional: true } },
      }),
      "node_modules/extra/package.json": installed("extra"),
      "node_modules/runner/package.json": installed("runner"),
      "node_modules/host/package.json": installed("host"),
    };
    const { outside } = await weigh(files, "@t/app");
    expect(outside.packages).toEqual(["extra@1.0.0", "host@1.0.0"]);
  });

  test("follows a circle once", async () => {
    const files = {
      "node_modules/a/package.json": installed("a", {
        dependencies: { b: "1" },
      }),
      "node_modules/b/package.json": installed("b", {
        dependencies: { a: "1" },
      }),
    };
    const { outside } = await weigh(files, "a");
    expect(outside.packages).toEqual(["a@1.0.0", "b@1.0.0"]);
  });

  test("refuses an installation without a needed package, also where one lies above it", async () => {
    const files = {
      "node_modules/gone/package.json": installed("gone"),
      "user/node_modules/a/package.json": installed("a", {
        dependencies: { gone: "1" },
      }),
    };
    const weighed = withTree(files, (root) =>
      installedWeight(join(root, "user"), "a", isOwn),
    );
    await expect(weighed).rejects.toThrow('expected "gone" to be installed');
  });
});

const head =
  "| package | outside packages, at most | their MB, at most |\n|---|---|---|\n";

function budgetsOf(markdown: string) {
  const files = {
    "package.json": json({ name: "root" }),
    "pnpm-workspace.yaml": "packages:\n  - packages/*\n",
    "packages/base/package.json": json({ name: "@t/base" }),
    "packages/top/package.json": json({ name: "@t/top" }),
    "packages/kit/package.json": json({ name: "@t/kit", private: true }),
  };
  return withTree(files, (root) => readBudgets(markdown, readWorkspace(root)));
}

describe("readBudgets", () => {
  test("reads one row for each published package", async () => {
    const rows = "| `base` | 0 | 0 |\n| `top` | 12 | 3.5 |\n";
    const { budgets, problems } = await budgetsOf(head + rows);
    expect(problems).toEqual([]);
    expect([...budgets.values()]).toEqual([
      { label: "base", line: 3, outside: 0, megabytes: 0 },
      { label: "top", line: 4, outside: 12, megabytes: 3.5 },
    ]);
  });

  test.each([
    ["no table", "# None\n", "no table that starts with"],
    [
      "a package without a row",
      `${head}| \`base\` | 1 | 1 |\n`,
      '"top" has no',
    ],
    ["a private package", `${head}| \`kit\` | 1 | 1 |\n`, 'got "kit"'],
    [
      "two rows",
      `${head}| \`base\` | 1 | 1 |\n| \`base\` | 2 | 2 |\n`,
      '"base" has a budget already',
    ],
    ["no number", `${head}| \`base\` | few | 1 |\n`, 'got "few" and "1"'],
    ["no size", `${head}| \`base\` | 1 | |\n`, 'got "1" and ""'],
  ])("refuses %s", async (_, markdown, problem) => {
    const { problems } = await budgetsOf(markdown);
    expect(problems).toContainEqual(expect.stringContaining(problem));
  });
});

const budget: Budget = { label: "top", line: 7, outside: 1, megabytes: 1.5 };

function weight(packages: readonly string[], bytes: number) {
  return {
    own: { packages: ["@t/top@1.0.0"], bytes: 99_000_000 },
    outside: { packages, bytes },
  };
}

test("weightProblems names what goes beyond the budget", () => {
  expect(weightProblems(budget, weight(["a@1.0.0"], 1_500_000))).toEqual([]);
  expect(
    weightProblems(budget, weight(["a@1.0.0", "b@1.0.0"], 1_500_001)),
  ).toEqual([
    'ARCHITECTURE.md:7: "top": expected at most 1 outside packages, got 2: a@1.0.0, b@1.0.0',
    'ARCHITECTURE.md:7: "top": expected at most 1.5 MB of outside packages, got 1.500001',
  ]);
});

test("weightTable shows weights beside budgets", () => {
  const weights = [
    { label: "top", weight: weight(["a@1.0.0"], 1_234_567) },
    { label: "unplanned", weight: weight([], 0) },
  ];
  expect(weightTable(weights, new Map([["top", budget]]))).toEqual([
    "package    outside  at most    MB  at most  own     MB",
    "top              1        1  1.23      1.5    1  99.00",
    "unplanned        0        ?  0.00        ?    1  99.00",
  ]);
});
