// Messages a second, and how long subscribers wait, against the command as a process of its own; prints JSON.
// node bench/main.ts [--nats URL]
import { mkdtemp, rm } from "node:fs/promises";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { nodeCommand, startServer } from "@history-sync/test-kit/processes";
import { fanOut } from "./fan-out.ts";
import { throughput } from "./throughput.ts";

const { values } = parseArgs({ options: { nats: { type: "string" } } });
const folder = await mkdtemp(join(tmpdir(), "xmtp-node-bench-"));
const main = fileURLToPath(new URL("../dist/main.js", import.meta.url));
const args = ["--data", folder, "--requests-per-minute", "1000000000"];
const nats = values.nats ? ["--nats", values.nats] : [];
const node = await startServer(
  nodeCommand(main, "--port", "0", ...args, ...nats),
);
try {
  const result = {
    storage: values.nats ? "nats" : "sqlite",
    node: process.version,
    cpus: cpus().length,
    throughput: await throughput(node.url),
    fanOut: [
      await fanOut(node.url, 1),
      await fanOut(node.url, 100),
      await fanOut(node.url, 1_000),
    ],
  };
  process.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
} finally {
  await node.stop();
  await rm(folder, { recursive: true, force: true });
}
