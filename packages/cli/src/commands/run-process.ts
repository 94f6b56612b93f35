import { spawn } from "node:child_process";
import { once } from "node:events";
import type { ExitCode, Surroundings } from "../command.js";

/** Runs Node in a process of its own, which ends when it is told to, with the surroundings' signal. */
export async function runProcess(
  args: readonly string[],
  { stdout, stderr, env, signal }: Surroundings,
): Promise<ExitCode> {
  const child = spawn(process.execPath, args, {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...env },
  });
  child.stdout.on("data", (piece: Uint8Array) => stdout.write(piece));
  child.stderr.on("data", (piece: Uint8Array) => stderr.write(piece));
  const stop = () => child.kill("SIGTERM");
  signal?.addEventListener("abort", stop, { once: true });
  try {
    const [code] = await once(child, "close");
    return code === 0 ? 0 : 1;
  } finally {
    signal?.removeEventListener("abort", stop);
  }
}
