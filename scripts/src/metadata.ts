import type { Manifest, WorkspacePackage } from "./workspace.ts";

/** The fields of a package.json that lead from a package registry to the project. */
type ProjectLinks = {
  readonly repository: {
    readonly type: "git";
    readonly url: string;
    readonly directory: string;
  };
  readonly homepage: string;
  readonly bugs: string;
};

/** Returns the links of a package, from the `homepage` of the root's package.json. */
function linksOf(
  { homepage }: Manifest,
  { folder }: Pick<WorkspacePackage, "folder">,
): ProjectLinks {
  if (homepage === undefined) throw new Error("package.json has no homepage");
  return {
    repository: {
      type: "git",
      url: `git+${homepage}.git`,
      directory: folder,
    },
    homepage: `${homepage}/tree/main/${folder}#readme`,
    bugs: `${homepage}/issues`,
  };
}

/** Returns what is wrong with a package's links, description and keywords. */
export function metadataProblems(
  rootManifest: Manifest,
  pkg: WorkspacePackage,
): readonly string[] {
  const { manifest, folder } = pkg;
  const path = `${folder}/package.json`;
  const common = rootManifest.keywords ?? [];
  const own = manifest.keywords?.filter((word) => !common.includes(word)) ?? [];
  const problems: string[] = [];
  for (const [field, value] of Object.entries(linksOf(rootManifest, pkg))) {
    const found: unknown = manifest[field as keyof ProjectLinks];
    if (JSON.stringify(found) !== JSON.stringify(value)) {
      problems.push(
        `${path}: ${field} isn't that of the root; npm run metadata:update`,
      );
    }
  }
  if (!manifest.description) problems.push(`${path}: no description`);
  if (!common.every((word) => manifest.keywords?.includes(word))) {
    problems.push(
      `${path}: keywords lack those of the root; npm run metadata:update`,
    );
  }
  if (own.length === 0) problems.push(`${path}: no keywords of its own`);
  return problems;
}

/** Returns the text of a package.json with the root's links and keywords, behind its license. */
export function withMetadata(
  text: string,
  rootManifest: Manifest,
  pkg: Pick<WorkspacePackage, "folder">,
): string {
  const manifest = JSON.parse(text) as Manifest;
  const links = linksOf(rootManifest, pkg);
  const common = rootManifest.keywords ?? [];
  const own = manifest.keywords?.filter((word) => !common.includes(word)) ?? [];
  const added = { ...links, keywords: [...common, ...own] };
  const fields = Object.entries(manifest).filter(
    ([field]) => !(field in added),
  );
  const at = fields.findIndex(([field]) => field === "license") + 1;
  fields.splice(at, 0, ...Object.entries(added));
  return `${JSON.stringify(Object.fromEntries(fields), null, 2)}\n`;
}
