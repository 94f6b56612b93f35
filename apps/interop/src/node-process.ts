import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const command = fileURLToPath(
  new URL("../node_modules/.bin/history-sync-node", import.meta.url),
);

export interface NodeProcess {
  readonly url: string;
  readonly port: number;
  /** With SIGTERM as an operator, with SIGKILL as a crash; waits for its end. */
  stop(signal?: "SIGTERM" | "SIGKILL"): Promise<void>;
}

/** Starts our node as an operator would, on a free port unless the arguments name one. */
export async function startNodeProcess(
  args: readonly string[],
): Promise<NodeProcess> {
  const child = spawn(command, ["--port", "0", ...args], {
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
    async stop(signal = "SIGTERM") {
      child.kill(signal);
      await ended;
    },
  };
}
