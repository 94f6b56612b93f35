import { readFileSync } from "node:fs";
import { join } from "node:path";
import { readWorkspace } from "../workspace.ts";
import { manifestProblems } from "./manifests.ts";
import { nodeFreeProblems } from "./node-free.ts";
import { publishableProblems } from "./publishable.ts";
import { sourceProblems } from "./sources.ts";
import { readTable, tableFile } from "./table.ts";

/** Returns every violation of the rules for packages with its file and line. */
export function arrowProblems(root: string): readonly string[] {
  const workspace = readWorkspace(root);
  const text = readFileSync(join(root, tableFile), "utf8");
  const { table, problems } = readTable(text, workspace);
  return [
    ...problems,
    ...manifestProblems(workspace, table),
    ...sourceProblems(workspace, table),
    ...nodeFreeProblems(workspace),
    ...publishableProblems(workspace),
  ];
}
