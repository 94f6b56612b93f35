#!/usr/bin/env node
import { runCommand } from "./run-command.js";

const interrupted = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  // Once: the second one ends the process at once.
  process.once(signal, () => interrupted.abort(signal));
}
// When the reader has closed the pipe, the next write rejects, which is handled there.
process.stdout.on("error", () => {});
process.stderr.on("error", () => {});

const { stdout, stderr, env } = process;
const { signal } = interrupted;
process.exitCode = await runCommand(process.argv.slice(2), {
  stdout,
  stderr,
  env,
  signal,
});
// Unfinished files are removed by now, so the process ends by the signal itself. A server that stopped cleanly just exits.
if (signal.aborted && process.exitCode !== 0)
  process.kill(process.pid, signal.reason);
