import type { Command, Surroundings } from "../command.js";
import { runProcess } from "./run-process.js";

/** The servers tell their own options, and are loaded only when they are run. */
export const node: Command = {
  name: "node",
  summary: "run a node: XMTP's API, kept in SQLite or NATS",
  async run(args, surroundings) {
    const { runNode } = await import("@history-sync/xmtp-node/node");
    const code = await runNode(args, serverProcess(surroundings));
    return code === 0 ? 0 : 1;
  },
};

export const serve: Command = {
  name: "serve",
  summary: "run a history server: the bucket of sealed archives",
  async run(args, surroundings) {
    // A process of its own: some of the flags that keep its memory small can't be set once Node runs.
    const { historyServerProcess } = await import(
      "@history-sync/history-server/node"
    );
    const { nodeFlags, file } = historyServerProcess;
    return runProcess([...nodeFlags, file, ...args], surroundings);
  },
};

function serverProcess({ signal, ...surroundings }: Surroundings) {
  return {
    ...surroundings,
    /** Whichever signal it is, the surroundings hear of it once. */
    once: (_name: string, stop: () => void) =>
      signal?.addEventListener("abort", stop, { once: true }),
  };
}
