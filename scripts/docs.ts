// Checks that the packages, commands and linked files that the documents name exist.

import { docsProblems } from "./src/docs.ts";
import { report } from "./src/report.ts";
import { root } from "./src/root.ts";

report(docsProblems(root), "The documents name what is there.");
