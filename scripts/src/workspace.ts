import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

type Dependencies = Readonly<Record<string, string>>;

/** The parts of a package.json that the checks read. */
export type Manifest = {
  readonly name: string;
  readonly version?: string;
  readonly private?: boolean;
  readonly license?: string;
  readonly description?: string;
  readonly homepage?: string;
  readonly bugs?: string;
  readonly repository?: unknown;
  readonly keywords?: readonly string[];
  readonly files?: readonly string[];
  readonly publishConfig?: { readonly access?: string };
  readonly engines?: { readonly node?: string };
  readonly exports?: Readonly<Record<string, unknown>>;
  readonly imports?: Readonly<Record<string, unknown>>;
  readonly bin?: string | Readonly<Record<string, string>>;
  readonly scripts?: Readonly<Record<string, string>>;
  readonly dependencies?: Dependencies;
  readonly devDependencies?: Dependencies;
  readonly optionalDependencies?: Dependencies;
  readonly peerDependencies?: Dependencies;
  readonly peerDependenciesMeta?: Readonly<
    Record<string, { readonly optional?: boolean }>
  >;
};

export type WorkspacePackage = {
  /** The name without its scope, as the tables in the documents write it. */
  readonly label: string;
  /** Relative to the root, with `/`. */
  readonly folder: string;
  readonly manifest: Manifest;
};

export type Workspace = {
  readonly root: string;
  readonly rootManifest: Manifest;
  readonly packages: readonly WorkspacePackage[];
};

export function readWorkspace(root: string): Workspace {
  const packages = workspaceFolders(root).map((folder) => {
    const manifest = readManifest(join(root, folder));
    return { label: manifest.name.replace(/^@[^/]+\//, ""), folder, manifest };
  });
  return { root, rootManifest: readManifest(root), packages };
}

export function publicPackages(
  workspace: Workspace,
): readonly WorkspacePackage[] {
  return workspace.packages.filter(({ manifest }) => !manifest.private);
}

/** Returns the dependencies that are installed with the package. */
export function shippedDependencies(manifest: Manifest): Dependencies {
  return {
    ...manifest.peerDependencies,
    ...manifest.optionalDependencies,
    ...manifest.dependencies,
  };
}

function readManifest(folder: string): Manifest {
  return JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
}

/** Reads the `packages:` list of pnpm-workspace.yaml: plain folders and `folder/*`. */
function workspaceFolders(root: string): readonly string[] {
  const yaml = readFileSync(join(root, "pnpm-workspace.yaml"), "utf8");
  const list = /^packages:\n((?: +- .*\n)+)/m.exec(yaml)?.[1] ?? "";
  const patterns = [...list.matchAll(/- (\S+)/g)].map((match) => `${match[1]}`);
  return patterns
    .flatMap((pattern) =>
      pattern.endsWith("/*")
        ? subfolders(root, pattern.slice(0, -2))
        : [pattern],
    )
    .filter((folder) => existsSync(join(root, folder, "package.json")));
}

function subfolders(root: string, parent: string): readonly string[] {
  if (!existsSync(join(root, parent))) return [];
  return readdirSync(join(root, parent))
    .sort()
    .map((name) => `${parent}/${name}`);
}
