#!/usr/bin/env node
import { resolve } from "node:path";
import { helpText, readCommandLine } from "./command-line.js";
import { serve } from "./serve.js";

try {
  const settings = readCommandLine(process.argv.slice(2));
  if (settings === "help") {
    process.stdout.write(helpText);
  } else {
    const server = await serve({
      ...settings,
      folder: resolve(settings.folder),
      log: (event, fields) =>
        process.stderr.write(`${JSON.stringify({ event, ...fields })}\n`),
    });
    process.stdout.write(`history server at ${server.url}\n`);
    for (const signal of ["SIGTERM", "SIGINT"] as const) {
      process.once(signal, () => void server.close());
    }
  }
} catch (error) {
  const message = error instanceof Error ? error.message : String(error);
  process.stderr.write(`history-server: ${message}\n`);
  process.exitCode = 1;
}
