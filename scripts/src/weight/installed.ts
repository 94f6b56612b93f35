import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Manifest } from "../workspace.ts";

export type Share = {
  /** Names with versions, sorted; npm may install two versions of one package. */
  readonly packages: readonly string[];
  /** The sum of their file sizes. */
  readonly bytes: number;
};

/** The packages that come with one package when it is installed without its development dependencies. */
export type Weight = {
  /** Packages of the workspace, the package itself included. */
  readonly own: Share;
  readonly outside: Share;
};

/**
 * Follows the production dependencies of `name` through `folder`, where npm has installed it, as Node.js resolves them.
 * `isOwn` tells the workspace's packages from outside ones.
 *
 * @throws {Error} if a dependency that must be installed is not
 */
export function installedWeight(
  folder: string,
  name: string,
  isOwn: (name: string) => boolean,
): Weight {
  const reached = new Set([mustResolve(folder, folder, name)]);
  const own: Installed[] = [];
  const outside: Installed[] = [];
  for (const place of reached) {
    const manifest = manifestAt(place);
    const list = isOwn(manifest.name) ? own : outside;
    const title = `${manifest.name}@${manifest.version}`;
    list.push({ title, bytes: bytesOf(place) });
    for (const needed of neededNames(manifest)) {
      reached.add(mustResolve(folder, place, needed));
    }
    for (const optional of Object.keys(manifest.optionalDependencies ?? {})) {
      const found = resolve(folder, place, optional);
      if (found !== undefined) reached.add(found);
    }
  }
  return { own: shareOf(own), outside: shareOf(outside) };
}

type Installed = { readonly title: string; readonly bytes: number };

function shareOf(installed: readonly Installed[]): Share {
  return {
    packages: installed.map(({ title }) => title).sort(),
    bytes: installed.reduce((sum, { bytes }) => sum + bytes, 0),
  };
}

/** npm writes optional dependencies into `dependencies` too; peers count unless they are optional. */
function neededNames(manifest: Manifest): readonly string[] {
  const optional = manifest.optionalDependencies ?? {};
  const peers = Object.keys(manifest.peerDependencies ?? {}).filter(
    (name) => !manifest.peerDependenciesMeta?.[name]?.optional,
  );
  return [...Object.keys(manifest.dependencies ?? {}), ...peers].filter(
    (name) => !(name in optional),
  );
}

function mustResolve(top: string, from: string, name: string): string {
  const place = resolve(top, from, name);
  if (place === undefined) {
    throw new Error(`expected "${name}" to be installed for ${from}`);
  }
  return place;
}

/** The nearest `node_modules/name` from `from` upwards, no higher than `top`. */
function resolve(top: string, from: string, name: string): string | undefined {
  for (let at = from; ; at = dirname(at)) {
    const place = join(at, "node_modules", name);
    if (existsSync(join(place, "package.json"))) return place;
    if (at === top || at === dirname(at)) return undefined;
  }
}

function manifestAt(place: string): Manifest {
  return JSON.parse(readFileSync(join(place, "package.json"), "utf8"));
}

/** Packages nested in the folder count for themselves. */
function bytesOf(folder: string): number {
  return readdirSync(folder, { withFileTypes: true })
    .filter(({ name }) => name !== "node_modules")
    .map((entry) => {
      const path = join(folder, entry.name);
      return entry.isDirectory() ? bytesOf(path) : statSync(path).size;
    })
    .reduce((sum, size) => sum + size, 0);
}
