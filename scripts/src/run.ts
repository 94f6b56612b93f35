import { spawn } from "node:child_process";
import { root } from "./root.ts";

export type Ran = { readonly ok: boolean; readonly output: string };

type RunOptions = {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
};

/** Runs a program without a shell or a stdin. `output` is all that it printed; if it can't be started, `ok` is false. */
export function run(
  program: string,
  args: readonly string[],
  { cwd = root, env = process.env }: RunOptions = {},
): Promise<Ran> {
  return new Promise((resolve) => {
    let output = "";
    const child = spawn(program, args, {
      cwd,
      env,
      stdio: ["ignore", "pipe", "pipe"],
    });
    const collect = (chunk: string) => {
      output += chunk;
    };
    child.stdout.setEncoding("utf8").on("data", collect);
    child.stderr.setEncoding("utf8").on("data", collect);
    child.on("error", (error) => {
      resolve({ ok: false, output: `${program}: ${error.message}\n` });
    });
    child.on("close", (code) => resolve({ ok: code === 0, output }));
  });
}

/** Runs a program like `run` and shows its output while it runs. Returns true if it exited with 0. */
export function show(
  program: string,
  args: readonly string[],
): Promise<boolean> {
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      cwd: root,
      stdio: ["ignore", "inherit", "inherit"],
    });
    child.on("error", (error) => {
      console.error(`${program}: ${error.message}`);
      resolve(false);
    });
    child.on("close", (code) => resolve(code === 0));
  });
}
