import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { crashReportEnvironment } from "@history-sync/test-kit";
import { expect } from "vitest";
import { runCommand } from "../../src/index.js";
import { fixtures } from "./fixtures.js";

export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

type Env = Readonly<Record<string, string>>;

const command = fileURLToPath(new URL("../../dist/main.js", import.meta.url));

export function start(args: readonly string[], env: Env = {}, cwd?: string) {
  return spawn(process.execPath, [command, ...args], {
    cwd,
    env: { ...crashReportEnvironment(), ...env },
  });
}

/** Runs the built command as a user does; whatever it prints must hold no key. */
export async function run(
  args: readonly string[],
  env: Env = {},
  cwd?: string,
): Promise<Ran> {
  const child = start(args, env, cwd);
  const [stdout, stderr, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, "exit") as Promise<[number]>,
  ]);
  return withoutKeys({ code, stdout, stderr });
}

/** The same in this process, where many runs are asked for. */
export async function runHere(
  args: readonly string[],
  options: {
    readonly isTTY?: boolean;
    readonly signal?: AbortSignal;
    readonly onStderr?: (text: string) => void;
  } = {},
): Promise<Ran> {
  const { isTTY = false, signal, onStderr } = options;
  const stdout = new Sink();
  const stderr = new Sink(onStderr);
  const code = await runCommand(args, {
    stdout,
    stderr: Object.assign(stderr, { isTTY }),
    env: {},
    ...(signal ? { signal } : {}),
  });
  return withoutKeys({ code, stdout: stdout.text, stderr: stderr.text });
}

class Sink {
  text = "";
  readonly #onText: ((text: string) => void) | undefined;

  constructor(onText?: (text: string) => void) {
    this.#onText = onText;
  }

  write(
    text: string,
    done?: ((error?: Error | null) => void) | BufferEncoding,
  ): boolean {
    this.text += text;
    this.#onText?.(text);
    if (typeof done === "function") done();
    return true;
  }
}

function withoutKeys(ran: Ran): Ran {
  const printed = (ran.stdout + ran.stderr).toLowerCase();
  for (const { keyHex } of fixtures) {
    const base64 = Buffer.from(keyHex, "hex").toString("base64").toLowerCase();
    expect(printed).not.toContain(keyHex);
    expect(printed).not.toContain(base64);
  }
  return ran;
}
