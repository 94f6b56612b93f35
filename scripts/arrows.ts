// Checks that packages depend on each other as ARCHITECTURE.md allows, that browser entries import no Node.js module, and that
// every published package can be published.

import { arrowProblems } from "./src/arrows/check.ts";
import { report } from "./src/report.ts";
import { root } from "./src/root.ts";

report(arrowProblems(root), "The arrows are those of ARCHITECTURE.md.");
