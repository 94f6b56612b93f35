import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const main = fileURLToPath(
  new URL("../../dist/server/main.js", import.meta.url),
);

export interface NodeProcess {
  readonly url: string;
  readonly port: number;
  readonly child: ChildProcess;
  /** With SIGTERM as an operator, with SIGKILL as a crash; waits for its end. */
  stop(signal?: "SIGTERM" | "SIGKILL"): Promise<number | null>;
}

/** Starts the command, on a free port unless the arguments name one. */
export async function startNodeProcess(
  args: readonly string[],
): Promise<NodeProcess> {
  const child = spawn(process.execPath, [main, "--port", "0", ...args], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  const ended = once(child, "exit");
  const lines = createInterface({ input: child.stdout });
  const [line] = await Promise.race([once(lines, "line"), ended]);
  const url = /^node at (\S+)$/.exec(`${line}`)?.[1];
  if (!url) throw new Error(`the node didn't start: ${line}`);
  return {
    url,
    port: Number(new URL(url).port),
    child,
    async stop(signal = "SIGTERM") {
      child.kill(signal);
      const [code] = await ended;
      return code;
    },
  };
}
