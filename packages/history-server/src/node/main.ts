#!/usr/bin/env -S node --max-semi-space-size=1
// What a transfer leaves behind is collected every few MB, not every few dozen.
import { runHistoryServer } from "./command/command.js";

try {
  await runHistoryServer(process.argv.slice(2), process);
} catch (error) {
  const message = error instanceof Error ? error.message : String(error);
  process.stderr.write(`history-server: ${message}\n`);
  process.exitCode = 1;
}
