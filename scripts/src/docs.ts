import { existsSync, globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { guides } from "./guides.ts";
import {
  codeBlocks,
  codeSpans,
  paragraphs,
  relativeLinks,
  tableRows,
} from "./markdown.ts";
import { publicPackages, readWorkspace, type Workspace } from "./workspace.ts";

const rootDocuments = ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md"];

/** In characters. A longer paragraph has more than one idea. */
const longestParagraph = 500;

/** The commands that the README must show. Each does its own set-up. */
const firstCommands = ["npm run demo", "npm test"];

/** Returns what the documents name that doesn't exist in the repository. */
export function docsProblems(root: string): readonly string[] {
  const workspace = readWorkspace(root);
  const documents = new Set([
    ...rootDocuments,
    ...guides(root),
    ...publicPackages(workspace).map(({ folder }) => `${folder}/README.md`),
    ...globSync("packages/*/*.md", { cwd: root }).sort(),
  ]);
  return [...documents].flatMap((file) => {
    if (!existsSync(join(root, file))) return [`${file} is missing`];
    const text = readFileSync(join(root, file), "utf8");
    return [
      ...(file === "README.md" ? readmeProblems(workspace, text) : []),
      ...lengthProblems(file, text),
      ...linkProblems(root, file, text),
      ...commandProblems(workspace, file, text),
    ];
  });
}

function lengthProblems(file: string, text: string): readonly string[] {
  return paragraphs(text)
    .filter((paragraph) => paragraph.text.length > longestParagraph)
    .map(
      (paragraph) =>
        `${file}:${paragraph.line}: the paragraph has ${paragraph.text.length} characters, more than ${longestParagraph}`,
    );
}

function readmeProblems(workspace: Workspace, text: string): readonly string[] {
  const shown = ["sh", "bash", "console"].flatMap((language) =>
    codeBlocks(text, language),
  );
  const missing = firstCommands
    .filter((command) => !shown.some((block) => block.includes(command)))
    .map((command) => `README.md shows no "${command}" in a block of sh`);
  const rows = tableRows(text, ["package"]);
  if (rows === undefined) {
    return [...missing, 'README.md: no table whose head starts with "package"'];
  }
  const listed = rows.map(({ cells }) => codeSpans(cells[0] ?? "")[0] ?? "");
  const labels = publicPackages(workspace).flatMap(({ label, manifest }) =>
    listed.filter((name) => name === label || name === manifest.name).length ===
    1
      ? []
      : [`README.md: its package table must list "${label}" once`],
  );
  const known = workspace.packages.flatMap(({ label, manifest, folder }) => [
    label,
    manifest.name,
    folder,
  ]);
  const unknown = listed
    .filter((name) => !known.includes(name))
    .map(
      (name) =>
        `README.md: its package table lists "${name}", which is no package`,
    );
  return [...missing, ...labels, ...unknown];
}

function linkProblems(
  root: string,
  file: string,
  text: string,
): readonly string[] {
  return relativeLinks(text)
    .filter(({ target }) => !existsSync(join(root, dirname(file), target)))
    .map(({ line, target }) => `${file}:${line}: nothing is at "${target}"`);
}

/** Checks that every `npm run name` is a script of the root. */
function commandProblems(
  workspace: Workspace,
  file: string,
  text: string,
): readonly string[] {
  const names = [...text.matchAll(/\bnpm run (?:-s )?([a-z][a-z:-]*)/g)];
  return names
    .map((match) => `${match[1]}`)
    .filter((name) => !workspace.rootManifest.scripts?.[name])
    .map((name) => `${file}: the root has no script "${name}"`);
}
