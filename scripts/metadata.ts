// Checks that every published package.json has the links and keywords of the root's package.json, and keywords of its own.
// `--update` writes the links and the common keywords. To publish under another address, change the root's `homepage`.

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { metadataProblems, withMetadata } from "./src/metadata.ts";
import { report } from "./src/report.ts";
import { root } from "./src/root.ts";
import { publicPackages, readWorkspace } from "./src/workspace.ts";

const { values } = parseArgs({
  options: { update: { type: "boolean", default: false } },
});

if (values.update) {
  const workspace = readWorkspace(root);
  for (const pkg of publicPackages(workspace)) {
    const path = join(root, pkg.folder, "package.json");
    const text = readFileSync(path, "utf8");
    writeFileSync(path, withMetadata(text, workspace.rootManifest, pkg));
  }
}

const workspace = readWorkspace(root);
report(
  publicPackages(workspace).flatMap((pkg) =>
    metadataProblems(workspace.rootManifest, pkg),
  ),
  "Every package.json has the project's links and keywords.",
);
