// Node.js loads this module first in every process that a test starts: `crash-reports.ts` names it in NODE_OPTIONS.
// A CommonJS module leaves the way in which Node.js loads the program's own entry as it is.

const { writeFileSync } = require("node:fs");
const { join } = require("node:path");

const folder = process.env.CRASH_REPORTS_FOLDER;
if (folder) {
  process.on("uncaughtExceptionMonitor", (error, origin) => {
    const report = {
      command: [process.argv0, ...process.execArgv, ...process.argv.slice(1)],
      origin,
      error: String(error?.stack ?? error),
    };
    const name = `${process.pid}-${process.hrtime.bigint()}.json`;
    writeFileSync(join(folder, name), JSON.stringify(report));
  });
}
