// Compares the public API of every published package with its report in `api/`, and counts the documented exports.
// `--update` rewrites the reports; `--package NAME` looks at one package. Packages have to be built.

import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import {
  apiOf,
  apiReport,
  undocumented,
  withoutReport,
} from "./src/api/report.ts";
import { report } from "./src/report.ts";
import { root } from "./src/root.ts";
import { publicPackages, readWorkspace } from "./src/workspace.ts";

const { values } = parseArgs({
  options: {
    update: { type: "boolean", default: false },
    package: { type: "string" },
  },
});

const problems: string[] = [];
let total = 0;
let missing = 0;
mkdirSync(join(root, "api"), { recursive: true });
for (const pkg of publicPackages(readWorkspace(root))) {
  const isWanted = values.package === undefined || values.package === pkg.label;
  if (!isWanted || withoutReport.has(pkg.label)) continue;
  const api = apiOf(root, pkg);
  const file = `api/${pkg.label}.api.md`;
  const path = join(root, file);
  const text = apiReport(api);
  if (values.update) writeFileSync(path, text);
  else if (!existsSync(path) || readFileSync(path, "utf8") !== text) {
    problems.push(`${file}: the public API differs; npm run api:update`);
  }
  const docs = undocumented(root, api);
  total += docs.total;
  missing += docs.places.length;
  const places = [...docs.places, ...docs.codes];
  problems.push(...places.map((place) => `${place} has no doc comment`));
}
console.log(`${total - missing} of ${total} exports documented`);
report(problems, "The public API is that of the reports.");
