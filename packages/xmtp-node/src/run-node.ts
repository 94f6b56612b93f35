import { mkdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import {
  type CommandProcess,
  jsonLines,
  loadAdapter,
  untilStopped,
  versionOf,
} from "@history-sync/server-kit/node";
import { type CommandLine, helpText, readCommandLine } from "./command-line.js";
import { serveNode } from "./serve-node.js";
import { SqliteNodeStorage } from "./sqlite/index.js";
import type { NodeStorage } from "./storage/node-storage.js";

/** The JetStream that `--nats` names. */
export interface NatsSettings {
  /** Such as `nats://127.0.0.1:4222`. */
  readonly url: string;
  /** The SQLite file for what was read from the stream. */
  readonly replicaPath: string;
}

/** The exports of `@history-sync/xmtp-node-nats` that the command uses. */
interface NatsAdapter {
  readonly openNatsStorage: (settings: NatsSettings) => Promise<NodeStorage>;
}

/**
 * Runs the command: serves an XMTP node until SIGTERM or SIGINT, prints its address on one line, and logs lines of JSON to
 * stderr. Returns the exit code.
 */
export async function runNode(
  args: readonly string[],
  process: CommandProcess,
): Promise<number> {
  try {
    await run(args, process);
    return 0;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    process.stderr.write(`xmtp-node: ${message}\n`);
    return 1;
  }
}

async function run(
  args: readonly string[],
  process: CommandProcess,
): Promise<void> {
  const settings = readCommandLine(args, process.env);
  if (settings === "help") {
    process.stdout.write(helpText);
    return;
  }
  if (settings === "version") {
    const manifest = new URL("../package.json", import.meta.url);
    process.stdout.write(`${await versionOf(manifest)}\n`);
    return;
  }
  const { port, host, limits } = settings;
  const log = jsonLines(process);
  const stopped = untilStopped(process);
  const storage = await openStorage(settings);
  try {
    await using node = await serveNode({ storage, port, host, limits, log });
    process.stdout.write(`node at ${node.url}\n`);
    await stopped;
  } finally {
    await storage.close();
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
