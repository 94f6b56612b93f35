// Are the arrows between packages those of ARCHITECTURE.md, and do the browser entries stay free of Node?

import { arrowProblems } from "./src/arrows/check.ts";
import { report } from "./src/report.ts";
import { root } from "./src/root.ts";

report(arrowProblems(root), "The arrows are those of ARCHITECTURE.md.");
