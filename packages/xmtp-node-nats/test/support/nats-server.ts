import { spawnSync } from "node:child_process";
import {
  type StartedProcess,
  startProcess,
} from "@history-sync/test-kit/processes";

/** True if nats-server is installed. */
export const hasNatsServer: boolean =
  spawnSync("nats-server", ["--version"]).error === undefined;

export interface NatsServer extends StartedProcess {
  readonly url: string;
  readonly port: number;
}

/** Starts a NATS server with JetStream on a free port, which keeps its streams in the folder. */
export async function startNatsServer(
  folder: string,
  port = -1,
): Promise<NatsServer> {
  const args = ["-js", "-sd", folder, "-a", "127.0.0.1", "-p", `${port}`];
  const started = await startProcess(
    { program: "nats-server", args },
    { ready: /Server is ready/, output: "stderr" },
  );
  const listening = /client connections on .*:(\d+)/.exec(
    started.printed.join("\n"),
  );
  const { href, port: found } = new URL(`nats://127.0.0.1:${listening?.[1]}`);
  return { ...started, url: href, port: Number(found) };
}
