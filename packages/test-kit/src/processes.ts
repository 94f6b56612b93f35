import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import process from "node:process";
import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";

export interface Command {
  readonly program: string;
  readonly args: readonly string[];
  /** Variables beside those of the tests' own environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** Default: the folder that the tests run in. */
  readonly cwd?: string;
}

/** How a process ended: its code, or the signal that ended it. */
export type Exit =
  | { readonly code: number; readonly signal: null }
  | { readonly code: null; readonly signal: NodeJS.Signals };

export interface StartedProcess {
  readonly child: ChildProcess;
  /** The line by which the process said that it was ready, with the groups of the pattern. */
  readonly ready: RegExpExecArray;
  /** The lines that came before it at the same output. */
  readonly printed: readonly string[];
  readonly exit: Promise<Exit>;
  /** Ends it as an operator does (SIGTERM, the default) or as a crash does (SIGKILL), and waits for its end. */
  stop(signal?: "SIGTERM" | "SIGKILL"): Promise<Exit>;
}

export interface StartOptions {
  /** The line that the process prints when it is ready. */
  readonly ready: RegExp;
  /** Where that line is printed. Default: stdout. The other one is ignored. */
  readonly output?: "stdout" | "stderr";
}

/** Runs a file of JavaScript under the Node.js of the tests. */
export function nodeCommand(file: string, ...args: readonly string[]): Command {
  return { program: process.execPath, args: [file, ...args] };
}

/** Runs the text of an ES module under the Node.js of the tests; it has its arguments in `process.argv.slice(1)`. */
export function moduleCommand(
  code: string,
  ...args: readonly string[]
): Command {
  const all = ["--input-type=module", "-e", code, ...args];
  return { program: process.execPath, args: all };
}

/**
 * Starts a process and waits until it is ready. The owner stops it.
 *
 * @throws {Error} if it ends before it is ready
 */
export async function startProcess(
  command: Command,
  { ready, output = "stdout" }: StartOptions,
): Promise<StartedProcess> {
  const child = spawnCommand(command);
  const exit = exitOf(child);
  // Where it rejects, the output ends too, and it is awaited below.
  exit.catch(() => {});
  // A full pipe would block the process.
  child[output === "stdout" ? "stderr" : "stdout"].resume();
  const lines: string[] = [];
  for await (const line of createInterface({ input: child[output] })) {
    const found = ready.exec(line);
    if (found === null) {
      lines.push(line);
      continue;
    }
    child[output].resume();
    return {
      child,
      ready: found,
      printed: lines,
      exit,
      stop(signal = "SIGTERM") {
        child.kill(signal);
        return exit;
      },
    };
  }
  const { code, signal } = await exit;
  throw new Error(
    `expected ${command.program} to print ${ready}, got ${code ?? signal} after: ${lines.join("\n")}`,
  );
}

export interface ServerProcess extends StartedProcess {
  readonly url: string;
  readonly port: number;
}

/** Starts a server that prints a line with its URL when it listens. */
export async function startServer(
  command: Command,
  options: Partial<StartOptions> = {},
): Promise<ServerProcess> {
  const started = await startProcess(command, {
    ready: /https?:\S+/,
    ...options,
  });
  const url = started.ready[0];
  return { ...started, url, port: Number(new URL(url).port) };
}

/** How a process ended, and all that it printed. */
export type Ran = Exit & { readonly stdout: string; readonly stderr: string };

/** Runs a process to its end. */
export async function runProcess(command: Command): Promise<Ran> {
  const child = spawnCommand(command);
  const [exit, stdout, stderr] = await Promise.all([
    exitOf(child),
    text(child.stdout),
    text(child.stderr),
  ]);
  return { ...exit, stdout, stderr };
}

function spawnCommand({ program, args, env, cwd }: Command) {
  return spawn(program, args, {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, ...env },
    cwd,
  });
}

async function exitOf(child: ChildProcess): Promise<Exit> {
  const [code, signal] = await once(child, "exit");
  return { code, signal } as Exit;
}
