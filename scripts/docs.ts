// Do the documents name what is there: the packages, the commands, the files they link to?

import { docsProblems } from "./src/docs.ts";
import { report } from "./src/report.ts";
import { root } from "./src/root.ts";

report(docsProblems(root), "The documents name what is there.");
