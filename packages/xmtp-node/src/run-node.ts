import { mkdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import type { Logger } from "@history-sync/primitives";
import { loadAdapter } from "@history-sync/server-kit/node";
import {
  type CommandLine,
  type Environment,
  helpText,
  readCommandLine,
} from "./command-line.js";
import { serveNode } from "./serve-node.js";
import { SqliteNodeStorage } from "./sqlite/index.js";
import type { NodeStorage } from "./storage/node-storage.js";

/** What the command needs of its process. */
export interface NodeProcess {
  readonly stdout: { write(text: string): unknown };
  readonly stderr: { write(text: string): unknown };
  readonly env: Environment;
  once(signal: "SIGTERM" | "SIGINT", stop: () => void): unknown;
}

/** The JetStream that `--nats` names. */
export interface NatsSettings {
  /** Such as `nats://127.0.0.1:4222`. */
  readonly url: string;
  /** The SQLite file for what was read from the stream. */
  readonly replicaPath: string;
}

/** What `@history-sync/xmtp-node-nats` exports for the command. */
interface NatsAdapter {
  readonly openNatsStorage: (settings: NatsSettings) => Promise<NodeStorage>;
}

/**
 * The command: serves a node until SIGTERM or SIGINT, with one line on stdout that says where, and its log as JSON lines
 * on stderr. Gives the exit code.
 */
export async function runNode(
  args: readonly string[],
  process: NodeProcess,
): Promise<number> {
  try {
    const settings = readCommandLine(args, process.env);
    if (settings === "help") {
      process.stdout.write(helpText);
      return 0;
    }
    const log = jsonLines(process);
    const stopped = new Promise<void>((stop) => {
      process.once("SIGTERM", stop);
      process.once("SIGINT", stop);
    });
    const storage = await openStorage(settings);
    try {
      const { port, host, requestsPerMinute } = settings;
      const limits = { requestsPerMinute };
      await using node = await serveNode({ storage, port, host, limits, log });
      process.stdout.write(`node at ${node.url}\n`);
      await stopped;
    } finally {
      await storage.close();
    }
    return 0;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    process.stderr.write(`xmtp-node: ${message}\n`);
    return 1;
  }
}

async function openStorage({
  dataFolder,
  natsUrl,
}: CommandLine): Promise<NodeStorage> {
  const folder = resolve(dataFolder);
  await mkdir(folder, { recursive: true });
  if (natsUrl !== undefined) {
    const { openNatsStorage } = await loadAdapter<NatsAdapter>(
      "@history-sync/xmtp-node-nats",
      "--nats",
    );
    const replicaPath = join(folder, "replica.sqlite");
    return await openNatsStorage({ url: natsUrl, replicaPath });
  }
  return new SqliteNodeStorage(join(folder, "node.sqlite"));
}

function jsonLines({ stderr }: NodeProcess): Logger {
  return (event, fields) => {
    const time = new Date().toISOString();
    const line = JSON.stringify({ time, event, ...fields }, (_, value) =>
      typeof value === "bigint" ? `${value}` : value,
    );
    stderr.write(`${line}\n`);
  };
}
