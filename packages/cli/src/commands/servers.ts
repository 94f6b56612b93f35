import type { Command, Surroundings } from "../command.js";

/** The servers tell their own options, and are loaded only when they are run. */
export const node: Command = {
  name: "node",
  summary: "run a node: XMTP's API, kept in SQLite or NATS",
  async run(args, surroundings) {
    const { runNode } = await import("@history-sync/delivery-service/server");
    const code = await runNode(args, serverProcess(surroundings));
    return code === 0 ? 0 : 1;
  },
};

export const serve: Command = {
  name: "serve",
  summary: "run a history server: the bucket of sealed archives",
  async run(args, surroundings) {
    // Of the flags that `history-server` starts Node with, the one that works after the start: what a transfer leaves
    // behind is collected every few MB, not every few dozen.
    surroundings.setV8Flag?.("--optimize-for-size");
    const { runHistoryServer } = await import(
      "@history-sync/history-server/node"
    );
    await runHistoryServer(args, serverProcess(surroundings));
    return 0;
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
