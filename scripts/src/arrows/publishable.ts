import { type Manifest, publicPackages, type Workspace } from "../workspace.ts";

/** The script that builds a package and its dependencies, or restores them from turbo's cache, before it is packed. */
export const prepack = "turbo run build --output-logs=errors-only";

type Requirement = {
  readonly field: string;
  readonly expected: string;
  readonly isMet: (manifest: Manifest) => boolean;
};

const requirements: readonly Requirement[] = [
  {
    field: "scripts.prepack",
    expected: `"${prepack}"`,
    isMet: ({ scripts }) => scripts?.prepack === prepack,
  },
  {
    field: "files",
    expected: 'a list with "dist"',
    isMet: ({ files }) => files?.includes("dist") === true,
  },
  {
    field: "exports",
    expected: '"./package.json" and at least one entry',
    isMet: ({ exports = {} }) =>
      "./package.json" in exports && Object.keys(exports).length > 1,
  },
  {
    field: "engines.node",
    expected: '">=N.N"',
    isMet: ({ engines }) => /^>=\d+\.\d+$/.test(engines?.node ?? ""),
  },
  {
    field: "license",
    expected: '"Apache-2.0"',
    isMet: ({ license }) => license === "Apache-2.0",
  },
  {
    field: "publishConfig.access",
    expected: '"public"',
    isMet: ({ publishConfig }) => publishConfig?.access === "public",
  },
];

/** Checks the fields without which a published package would arrive empty, private or without a licence. */
export function publishableProblems(workspace: Workspace): readonly string[] {
  return publicPackages(workspace).flatMap(({ folder, manifest }) =>
    requirements
      .filter(({ isMet }) => !isMet(manifest))
      .map(
        ({ field, expected }) =>
          `${folder}/package.json: expected "${field}" to be ${expected}, since the package is published`,
      ),
  );
}
