import { expect, test } from "vitest";
import { docsProblems } from "../src/docs.ts";
import { type Files, json, withTree } from "./tree.ts";

const commands = "```sh\nnpm run demo\nnpm test\n```\n";
const table =
  "| package | what |\n|---|---|\n| [`base`](packages/base) | b |\n";

const sound: Files = {
  "package.json": json({ name: "root", scripts: { demo: "x" } }),
  "pnpm-workspace.yaml": "packages:\n  - packages/*\n  - tools\n",
  "README.md": `# All\n\n${commands}\n${table}`,
  "ARCHITECTURE.md": "[the base](packages/base/README.md#limits)\n",
  "CONTRIBUTING.md": "[elsewhere](https://example.org/nothing)\n",
  "packages/base/package.json": json({ name: "@t/base" }),
  "packages/base/README.md": "`npm run demo` shows it.\n",
  "tools/package.json": json({ name: "@t/tools", private: true }),
};

test.each<[string, Files, readonly string[]]>([
  ["all is well", {}, []],
  [
    "a package isn't listed",
    {
      "packages/new/package.json": json({ name: "@t/new" }),
      "packages/new/README.md": "",
    },
    ['README.md: its package table must list "new" once'],
  ],
  [
    "a package is listed that isn't there",
    { "README.md": `${commands}\n${table}| \`gone\` | g |\n` },
    ['README.md: its package table lists "gone", which is no package'],
  ],
  [
    "there is no table",
    { "README.md": commands },
    ['README.md: no table whose head starts with "package"'],
  ],
  [
    "a first command is missing",
    { "README.md": `${commands.replace("npm test", "")}\n${table}` },
    ['README.md shows no "npm test" in a block of sh'],
  ],
  [
    "a link leads nowhere",
    { "packages/base/README.md": "\n[format](./FORMAT.md)\n" },
    ['packages/base/README.md:2: nothing is at "./FORMAT.md"'],
  ],
  [
    "a script isn't there",
    { "CONTRIBUTING.md": "Say `npm run fly`.\n" },
    ['CONTRIBUTING.md: the root has no script "fly"'],
  ],
  [
    "a paragraph is too long",
    {
      "packages/base/FORMAT.md": `- ${"a".repeat(490)}\n- ${"b ".repeat(250)}\n  c\n\n\`\`\`text\n${"d".repeat(501)}\n\`\`\`\n`,
    },
    [
      "packages/base/FORMAT.md:2: the paragraph has 503 characters, more than 500",
    ],
  ],
])("%s", async (_, changes, problems) => {
  expect(await withTree({ ...sound, ...changes }, docsProblems)).toEqual(
    problems,
  );
});

test("every public package has a README", async () => {
  const changes = { "packages/new/package.json": json({ name: "@t/new" }) };
  expect(await withTree({ ...sound, ...changes }, docsProblems)).toContain(
    "packages/new/README.md is missing",
  );
});
