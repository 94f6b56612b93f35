import { describe, expect, test } from "vitest";
import { arrowProblems } from "../src/arrows/check.ts";
import { prepack } from "../src/arrows/publishable.ts";
import { type Files, json, withTree } from "./tree.ts";

const exportsRoot = {
  ".": { types: "./dist/index.d.ts", default: "./dist/index.js" },
  "./package.json": "./package.json",
};
const workspaceRange = "workspace:^";

/** The fields that every published package has. */
const published = {
  license: "Apache-2.0",
  files: ["dist"],
  engines: { node: ">=20.19" },
  scripts: { prepack },
  publishConfig: { access: "public" },
};

function manifest(name: string, more: object = {}): string {
  const own = { name: `@t/${name}`, exports: exportsRoot };
  return json({ ...own, ...published, ...more });
}

function table(...rows: readonly string[]): string {
  return [
    "| package | one sentence | may depend on |",
    "|---|---|---|",
    ...rows,
    "",
  ].join("\n");
}

/** A workspace of two packages: `top` depends on `base` and on an outside package. */
const sound: Files = {
  "package.json": json({ name: "root", devDependencies: { vitest: "1" } }),
  "pnpm-workspace.yaml": "packages:\n  - packages/*\n\nother: 1\n",
  "ARCHITECTURE.md": table(
    "| `base` | the base | nothing |",
    "| `top` | the top | all of the above, `@out/*` |",
  ),
  "packages/base/package.json": manifest("base", {
    exports: {
      ...exportsRoot,
      "./node": "./dist/node.js",
    },
  }),
  "packages/base/src/index.ts": 'export { a } from "./a.js";\n',
  "packages/base/src/a.ts": "export const a = 1;\n",
  "packages/base/src/node.ts": 'import "node:fs";\n',
  "packages/base/test/a.test.ts":
    'import { test } from "vitest";\nimport "../src/a.js";\n',
  "packages/top/package.json": manifest("top", {
    dependencies: { "@t/base": workspaceRange, "@out/thing": "1" },
  }),
  "packages/top/src/index.ts": 'import "@t/base";\nimport "@out/thing/x";\n',
};

function problemsOf(changes: Files): Promise<readonly string[]> {
  return withTree({ ...sound, ...changes }, arrowProblems);
}

async function expectOnly(changes: Files, problem: string): Promise<void> {
  expect(await problemsOf(changes)).toEqual([expect.stringContaining(problem)]);
}

test("a sound tree has no problems", async () => {
  expect(await problemsOf({})).toEqual([]);
});

describe("the table", () => {
  test("must be there", async () => {
    const [first] = await problemsOf({ "ARCHITECTURE.md": "# None\n" });
    expect(first).toContain("no table that starts with");
  });

  test("holds only packages that exist", () =>
    expectOnly(
      {
        "ARCHITECTURE.md": `${sound["ARCHITECTURE.md"]}| \`ghost\` | gone | nothing |\n`,
      },
      'ARCHITECTURE.md:5: there is no package "ghost"',
    ));

  test("holds every package", () =>
    expectOnly(
      {
        "packages/new/package.json": manifest("new"),
        "packages/new/src/index.ts": "export const n = 1;\n",
      },
      'packages/new/package.json: "new" has no row',
    ));

  test("names no outside package that isn't a dependency", () =>
    expectOnly(
      {
        "ARCHITECTURE.md": table(
          "| `base` | the base | `bsae` |",
          "| `top` | the top | `base`, `@out/*` |",
        ),
      },
      'ARCHITECTURE.md:3: "base" may depend on "bsae"',
    ));

  test("counts a folder before the name as the name", async () => {
    const text = sound["ARCHITECTURE.md"] ?? "";
    const changed = text.replace("`top`", "`packages/top`");
    expect(await problemsOf({ "ARCHITECTURE.md": changed })).toEqual([]);
  });
});

describe("a package.json", () => {
  test("keeps to the workspace packages of its row", () =>
    expectOnly(
      {
        "ARCHITECTURE.md": table(
          "| `base` | the base | nothing |",
          "| `top` | the top | `@out/*` |",
        ),
        "packages/top/src/index.ts": "export const t = 1;\n",
      },
      'packages/top/package.json: "top" depends on "base", which the package table (line 4)',
    ));

  test("keeps to the outside packages of its row", () =>
    expectOnly(
      {
        "packages/base/package.json": manifest("base", {
          dependencies: { "left-pad": "1" },
        }),
      },
      '"base" depends on "left-pad"',
    ));

  test("names workspace packages as such", () =>
    expectOnly(
      {
        "packages/top/package.json": manifest("top", {
          dependencies: { "@t/base": "^1.0.0", "@out/thing": "1" },
        }),
      },
      '"@t/base" is "^1.0.0"',
    ));

  test("closes no circle, not even for tests", () =>
    expectOnly(
      {
        "packages/base/package.json": manifest("base", {
          devDependencies: { "@t/top": workspaceRange },
        }),
      },
      "base -> top -> base",
    ));

  test("leaves ts-mls to mls-group", async () => {
    const problems = await problemsOf({
      "packages/base/package.json": manifest("base", {
        devDependencies: { "ts-mls": "1" },
      }),
      "packages/base/test/a.test.ts": 'import "ts-mls";\n',
    });
    expect(problems).toEqual([
      expect.stringContaining('package.json: "base" depends on "ts-mls"'),
      expect.stringContaining('a.test.ts:1: imports "ts-mls", which only'),
    ]);
  });

  test("may ask for a test runner as a peer, for src/testing alone", async () => {
    const changes = {
      "packages/base/package.json": manifest("base", {
        exports: { ...exportsRoot, "./testing": "./dist/testing/index.js" },
        peerDependencies: { vitest: "1" },
      }),
      "packages/base/src/testing/index.ts": 'import { test } from "vitest";\n',
    };
    expect(await problemsOf(changes)).toEqual([]);
    await expectOnly(
      { ...changes, "packages/base/src/a.ts": 'import "vitest";\n' },
      'packages/base/src/a.ts:1: imports "vitest"',
    );
  });
});

describe("an import", () => {
  const inTop = (text: string): Files => ({ "packages/top/src/a.ts": text });
  const undeclared = 'packages/top/src/a.ts:2: imports "undeclared"';

  test.each([
    ["static", 'import { a } from "undeclared";'],
    ["for its effect", 'import "undeclared/sub";'],
    ["of a type", 'import type { A } from "undeclared";'],
    ["dynamic", 'const a = await import("undeclared");'],
    ["inside a type", 'type A = import("undeclared").A;'],
    ["re-exported", 'export { a } from "undeclared";'],
    ["re-exported whole", 'export * from "undeclared";'],
    ["by require", 'import a = require("undeclared");'],
  ])("%s needs a declared dependency", (_, line) =>
    expectOnly(inTop(`// first line\n${line}\n`), undeclared),
  );

  test("in the source isn't covered by a devDependency", () =>
    expectOnly(
      {
        "packages/top/package.json": manifest("top", {
          dependencies: { "@t/base": workspaceRange, "@out/thing": "1" },
          devDependencies: { undeclared: "1" },
        }),
        ...inTop('\nimport "undeclared";\n'),
      },
      undeclared,
    ));

  test("in a test needs a dependency of the package or the root", () =>
    expectOnly(
      { "packages/base/test/b.test.ts": 'import "undeclared";\n' },
      'packages/base/test/b.test.ts:1: imports "undeclared"',
    ));

  test("follows the table", async () => {
    const problems = await problemsOf({
      "packages/base/src/a.ts": 'export { t } from "@t/top";\n',
    });
    expect(problems).toContainEqual(
      expect.stringContaining(
        'a.ts:1: "base" imports "top", which the package',
      ),
    );
  });

  test("takes what the other package exports", () =>
    expectOnly(
      inTop('import "@t/base/src/a.js";\n'),
      'exports no "./src/a.js"',
    ));

  test.each(["src/a.ts", "test/a.test.ts"])(
    "stays in its package (%s)",
    (file) =>
      expectOnly(
        { [`packages/top/${file}`]: 'import "../../base/src/a.js";\n' },
        `packages/top/${file}:1: "../../base/src/a.js" leaves the package`,
      ),
  );

  test("names no own package", () =>
    expectOnly(inTop('import "@t/top";\n'), "doesn't import itself"));

  test("is a plain string", () =>
    expectOnly(
      inTop('export const f = (x: string) => import("./" + x);\n'),
      "isn't a plain string",
    ));

  test('of "#name" is declared', () =>
    expectOnly(inTop('import "#zip";\n'), '"#zip" is not among'));
});

describe("a browser entry", () => {
  test.each(["node:fs", "fs", "node:sqlite"])(
    "reaches no %s, however far down",
    (name) =>
      expectOnly(
        { "packages/base/src/a.ts": `\nexport const a = import("${name}");\n` },
        `packages/base/src/a.ts:2: imports "${name}", and "." reaches it`,
      ),
  );

  test("reaches no other package's ./node", () =>
    expectOnly(
      { "packages/top/src/index.ts": 'import "@t/base/node";\n' },
      'imports "@t/base/node", and "." reaches it',
    ));

  test("may have another file under Node, by a condition", async () => {
    const changes = (fallback: string): Files => ({
      "packages/base/package.json": manifest("base", {
        imports: {
          "#zip": { node: "./dist/zip-node.js", default: fallback },
        },
      }),
      "packages/base/src/a.ts": 'export { zip } from "#zip";\n',
      "packages/base/src/zip-node.ts": 'export { zip } from "node:zlib";\n',
      "packages/base/src/zip.ts": "export const zip = 1;\n",
    });
    expect(await problemsOf(changes("./dist/zip.js"))).toEqual([]);
    await expectOnly(
      changes("./dist/zip-node.js"),
      'packages/base/src/zip-node.ts:1: imports "node:zlib"',
    );
  });

  test("has a source file", () =>
    expectOnly(
      {
        "packages/base/package.json": manifest("base", {
          exports: { ...exportsRoot, "./more": "./dist/more.js" },
        }),
      },
      'no source file for "./more" (./dist/more.js)',
    ));
});

describe("a published package", () => {
  test.each([
    ["scripts.prepack", { scripts: { build: "tsc" } }],
    ["files", { files: ["src"] }],
    ["exports", { exports: { ".": exportsRoot["."] } }],
    ["engines.node", { engines: { node: "20" } }],
    ["license", { license: undefined }],
    ["publishConfig.access", { publishConfig: {} }],
  ])("has %s", (field, changes) =>
    expectOnly(
      { "packages/base/package.json": manifest("base", changes) },
      `packages/base/package.json: expected "${field}" to be `,
    ),
  );

  test("has what a private one need not have", async () => {
    const changes = { private: true, scripts: {}, files: undefined };
    const file = "packages/base/package.json";
    expect(await problemsOf({ [file]: manifest("base", changes) })).toEqual([]);
  });
});
