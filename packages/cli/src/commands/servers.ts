import { spawn } from "node:child_process";
import { once } from "node:events";
import type { Command, CommandIo, ExitCode } from "../command.js";

// Each server prints its own `--help`, and is loaded only when it is run.
export const node: Command = {
  name: "node",
  summary: "run an XMTP node, stored in SQLite or NATS",
  async run(args, io) {
    const { runNode } = await import("@history-sync/xmtp-node/node");
    const code = await runNode(args, serverProcess(io));
    return code === 0 ? 0 : 1;
  },
};

export const serve: Command = {
  name: "serve",
  summary: "run a history server, stored in a folder or an S3 bucket",
  async run(args, io) {
    // Some of the flags that keep its memory small can't be set in a running process.
    const { historyServerProcess } = await import(
      "@history-sync/history-server/node"
    );
    const { nodeFlags, file } = historyServerProcess;
    return runProcess([...nodeFlags, file, ...args], io);
  },
};

function serverProcess({ signal, ...io }: CommandIo) {
  return {
    ...io,
    /** SIGINT and SIGTERM both abort the io' signal, which calls `stop` once. */
    once: (_name: string, stop: () => void) =>
      signal?.addEventListener("abort", stop, { once: true }),
  };
}

/** Runs Node.js with these arguments in another process, which gets SIGTERM when the io' signal aborts. */
async function runProcess(
  args: readonly string[],
  { stdout, stderr, env, signal }: CommandIo,
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
