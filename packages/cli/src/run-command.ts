import { readFileSync } from "node:fs";
import type { Command, CommandIo, ExitCode } from "./command.js";
import { bench } from "./commands/bench.js";
import { convert } from "./commands/convert.js";
import { exportElements } from "./commands/export.js";
import { inspect } from "./commands/inspect.js";
import { node, serve } from "./commands/servers.js";
import { verify } from "./commands/verify.js";
import { CliError, exitCodeOf, messageOf } from "./errors.js";
import { isBrokenPipe, writeText } from "./write-text.js";

/** Every command, as `--help` lists them. */
const commands: readonly Command[] = [
  inspect,
  verify,
  exportElements,
  convert,
  bench,
  serve,
  node,
];

/**
 * Runs `history-sync` with these arguments, and returns its exit code. Errors of a command don't reject but print one line
 * on `stderr`. When the reader of `stdout` closes the pipe, the command ends without a message.
 *
 * @example
 * ```ts
 * import { runCommand } from "@history-sync/cli/node";
 *
 * process.exitCode = await runCommand(["inspect", "history.xmtp"], process);
 * ```
 */
export async function runCommand(
  args: readonly string[],
  io: CommandIo,
): Promise<ExitCode> {
  try {
    return await dispatch(args, io);
  } catch (error) {
    if (isBrokenPipe(error)) return 0;
    if (io.signal?.aborted) return 1;
    io.stderr.write(`history-sync: ${messageOf(error)}\n`);
    return exitCodeOf(error);
  }
}

async function dispatch(
  args: readonly string[],
  io: CommandIo,
): Promise<ExitCode> {
  // pnpm passes on the "--" that npm needs.
  const [name, ...rest] = args[0] === "--" ? args.slice(1) : args;
  if (name === "--version") {
    await writeText(io, `${version()}\n`);
    return 0;
  }
  if (name === "--help" || name === "-h" || name === "help") {
    await writeText(io, helpText());
    return 0;
  }
  const command = commands.find((known) => known.name === name);
  if (!command) {
    throw new CliError(
      "usage",
      `expected a command out of ${commands.map(({ name }) => name).join(", ")}; see history-sync --help`,
    );
  }
  const { usage } = command;
  if (usage !== undefined && (rest.includes("--help") || rest.includes("-h"))) {
    await writeText(io, `Usage: history-sync ${command.name} ${usage}`);
    return 0;
  }
  return command.run(rest, io);
}

function helpText(): string {
  const lines = commands.map(
    ({ name, summary }) => `  ${name.padEnd(9)}${summary}\n`,
  );
  return `Usage: history-sync COMMAND [options]

${lines.join("")}
  history-sync COMMAND --help prints a command's options, history-sync --version the version.
  Exit codes: 0 done and intact, 1 damaged or failed, 2 wrong usage.
`;
}

function version(): string {
  const manifest = readFileSync(new URL("../package.json", import.meta.url));
  return (JSON.parse(manifest.toString()) as { version: string }).version;
}
