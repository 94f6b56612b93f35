import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

/** Whether nats-server is installed. */
export const hasNatsServer: boolean =
  spawnSync("nats-server", ["--version"]).error === undefined;

export interface NatsServer {
  readonly url: string;
  readonly port: number;
  stop(signal?: "SIGTERM" | "SIGKILL"): Promise<void>;
}

/** A NATS with JetStream on a free port, which keeps its streams in the folder. */
export async function startNatsServer(
  folder: string,
  port = -1,
): Promise<NatsServer> {
  const child = spawn(
    "nats-server",
    ["-js", "-sd", folder, "-a", "127.0.0.1", "-p", `${port}`],
    { stdio: ["ignore", "ignore", "pipe"] },
  );
  const ended = once(child, "exit");
  let url = "";
  for await (const line of createInterface({ input: child.stderr })) {
    const [, port] = /client connections on .*:(\d+)/.exec(line) ?? [];
    if (port) url = `nats://127.0.0.1:${port}`;
    if (line.includes("Server is ready")) break;
  }
  // Nobody reads on, and a full pipe would hold the server up.
  child.stderr.resume();
  return {
    url,
    port: Number(new URL(url).port),
    async stop(signal = "SIGTERM") {
      child.kill(signal);
      await ended;
    },
  };
}
