#!/usr/bin/env -S node --max-semi-space-size=4 --heap-growing-percent=100
// The flags are those of `historyServerProcess`, which says why.
import { runHistoryServer } from "./command/command.js";

try {
  await runHistoryServer(process.argv.slice(2), process);
} catch (error) {
  const message = error instanceof Error ? error.message : String(error);
  process.stderr.write(`history-server: ${message}\n`);
  process.exitCode = 1;
}
