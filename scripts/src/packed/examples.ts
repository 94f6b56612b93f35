import {
  existsSync,
  globSync,
  mkdirSync,
  readFileSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { guides } from "../guides.ts";
import { codeBlocks } from "../markdown.ts";
import { run } from "../run.ts";
import type { Workspace, WorkspacePackage } from "../workspace.ts";
import type { Outcome } from "./entries.ts";

/** Type-checks the `ts` blocks of every README, guide and doc comment against the installed tarballs. */
export async function exampleOutcomes(
  workspace: Workspace,
  packages: readonly WorkspacePackage[],
  folder: string,
): Promise<readonly Outcome[]> {
  const examples = join(folder, "examples");
  mkdirSync(examples, { recursive: true });
  const outcomes: Outcome[] = [];
  let count = 0;
  for (const pkg of packages) {
    const readme = join(workspace.root, pkg.folder, "README.md");
    const text = existsSync(readme) ? readFileSync(readme, "utf8") : "";
    const blocks = codeBlocks(text, "ts");
    if (blocks.length === 0) {
      const name = `${pkg.folder}/README.md`;
      outcomes.push({ name, problem: "has no example in a block of ts\n" });
    }
    const all = [...blocks, ...docExamples(join(workspace.root, pkg.folder))];
    for (const [index, block] of all.entries()) {
      count++;
      writeFileSync(join(examples, `${pkg.label}-${index + 1}.ts`), block);
    }
  }
  for (const [number, guide] of guides(workspace.root).entries()) {
    const text = readFileSync(join(workspace.root, guide), "utf8");
    for (const [index, block] of codeBlocks(text, "ts").entries()) {
      count++;
      const name = `guide-${number + 1}-${index + 1}.ts`;
      writeFileSync(join(examples, name), block);
    }
  }
  writeFileSync(
    join(examples, "tsconfig.json"),
    JSON.stringify(settings(workspace.root)),
  );
  if (count === 0) return outcomes;
  const { ok, output } = await run("tsc", ["-p", examples], { cwd: folder });
  const name = `${count} examples of READMEs, guides and doc comments`;
  return [...outcomes, ok ? { name } : { name, problem: output }];
}

/** Returns the `ts` blocks in the doc comments of a package. */
function docExamples(folder: string): readonly string[] {
  return globSync("src/**/*.ts", { cwd: folder })
    .sort()
    .flatMap((file) => {
      const text = readFileSync(join(folder, file), "utf8");
      return codeBlocks(text.replace(/^ *\* ?/gm, ""), "ts");
    });
}

/** Returns the strictest settings that a user may have. The types of Node.js come from the workspace. */
function settings(root: string): object {
  return {
    compilerOptions: {
      noEmit: true,
      target: "ES2023",
      lib: [
        "ES2023",
        "ESNext.Disposable",
        "DOM",
        "DOM.Iterable",
        "DOM.AsyncIterable",
      ],
      module: "NodeNext",
      moduleResolution: "NodeNext",
      strict: true,
      exactOptionalPropertyTypes: true,
      noUncheckedIndexedAccess: true,
      types: ["node"],
      typeRoots: [join(root, "node_modules/@types")],
    },
    include: ["*.ts"],
  };
}
