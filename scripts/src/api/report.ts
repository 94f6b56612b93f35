import { existsSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import type { WorkspacePackage } from "../workspace.ts";
import {
  type ApiExport,
  exportsOf,
  undocumentedMembers,
} from "./declarations.ts";

/** Packages without a report: `proto` is generated from the `.proto` files, which have a check of their own. */
export const withoutReport: ReadonlySet<string> = new Set(["proto"]);

export type PackageApi = {
  readonly label: string;
  /** By entry, such as `.` or `./node`. */
  readonly entries: ReadonlyMap<string, readonly ApiExport[]>;
};

/** Reads the public declarations of a built package. */
export function apiOf(root: string, pkg: WorkspacePackage): PackageApi {
  const entries = new Map<string, readonly ApiExport[]>();
  for (const [entry, target] of Object.entries(pkg.manifest.exports ?? {})) {
    const types = (target as { readonly types?: string }).types;
    if (types === undefined) continue;
    entries.set(entry, exportsOf(join(root, pkg.folder, types)));
  }
  return { label: pkg.label, entries };
}

/** Returns the report of a package's public API as Markdown. */
export function apiReport({ label, entries }: PackageApi): string {
  const parts = [...entries].map(([entry, exports]) => {
    const signatures = exports.map(({ signature }) => signature).join("\n\n");
    return `## \`${entry}\`\n\n\`\`\`ts\n${signatures}\n\`\`\`\n`;
  });
  return `# API of @history-sync/${label}\n\nWritten by \`npm run api:update\`, compared by \`npm run check:api\`.\n\n${parts.join("\n")}`;
}

/** Returns the places in the source of exports, and of error codes, that have no doc comment, each once. */
export function undocumented(
  root: string,
  { entries }: PackageApi,
): {
  readonly total: number;
  readonly places: readonly string[];
  readonly codes: readonly string[];
} {
  const all = new Map<string, ApiExport>();
  for (const exports of entries.values()) {
    for (const one of exports) {
      const key = `${one.file} ${one.name}`;
      if (!one.signature.startsWith("export {")) all.set(key, one);
    }
  }
  const places = [...all.values()]
    .filter(({ isDocumented }) => !isDocumented)
    .map((one) => `${placeOf(root, one)}: ${one.name}`);
  const codes = [...all.values()]
    .filter(({ name }) => name.endsWith("ErrorCode"))
    .flatMap((one) => {
      const members = undocumentedMembers(
        readFileSync(one.file, "utf8"),
        one.name,
      );
      return members.map((code) => `${placeOf(root, one)}: "${code}"`);
    });
  return { total: all.size, places, codes };
}

function placeOf(root: string, { name, file }: ApiExport): string {
  const source = file.replace("/dist/", "/src/").replace(/\.d\.ts$/, ".ts");
  const shown = relative(root, source);
  if (!existsSync(source)) return shown;
  const lines = readFileSync(source, "utf8").split("\n");
  const declaration = new RegExp(`^export .*\\b${name}\\b`);
  return `${shown}:${lines.findIndex((line) => declaration.test(line)) + 1}`;
}
