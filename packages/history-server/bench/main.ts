// Measures the server beside nginx in the same run and prints JSON: `pnpm --filter @history-sync/history-server bench`.
// BENCH_MB and BENCH_BLOBS change the amounts.

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { largeBody, smallBodies } from "./loads.ts";
import { peakOf, rssKb, type ServerProcess } from "./processes.ts";
import { startHistoryServer, startNginx } from "./servers.ts";

const largeBytes = Number(process.env.BENCH_MB ?? 500) * 1_000_000;
const smallCount = Number(process.env.BENCH_BLOBS ?? 10_000);
const smallBytes = 40_000;
const warmUpBytes = 200_000_000;

async function measured(server: ServerProcess) {
  try {
    // The base is a server that has just started; the speeds are those of one that has run for some seconds.
    const baseKb = rssKb(server);
    await largeBody(server, warmUpBytes);
    const large = await peakOf(server, baseKb, () =>
      largeBody(server, largeBytes),
    );
    const small = await peakOf(server, baseKb, () =>
      smallBodies(server, smallCount, smallBytes),
    );
    return { large, small };
  } finally {
    await server.stop();
  }
}

const folder = await mkdtemp(join(tmpdir(), "history-server-bench-"));
try {
  const ours = await measured(await startHistoryServer(folder));
  const nginx = await measured(await startNginx(folder)).catch(
    (error: Error) => ({ missing: error.message }),
  );
  const report = { largeBytes, smallCount, smallBytes, ours, nginx };
  process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
} finally {
  await rm(folder, { recursive: true, force: true });
}
