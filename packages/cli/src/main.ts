#!/usr/bin/env node
import { runCommand } from "./run-command.js";

const interrupted = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  // Once: the second one ends the process at once.
  process.once(signal, () => interrupted.abort(signal));
}
// A reader that goes away is told by the write that fails.
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
// What was half done is cleared away: now the signal does what it does by itself. A server that ended well just ends.
if (signal.aborted && process.exitCode !== 0)
  process.kill(process.pid, signal.reason);
