// Measures the server beside nginx, in turns, and prints JSON: `pnpm --filter @history-sync/history-server bench`.
// BENCH_MB, BENCH_BLOBS and BENCH_ROUNDS change the amounts. Speeds are medians of the rounds, memory is the most of them.
// nginx answers a PUT when the kernel has the bytes, we when the disk has them: `durableUploadMbPerS` waits for it on both sides.

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { largeBody, smallBodies } from "./loads.ts";
import { peakOf, rssKb, type ServerProcess } from "./processes.ts";
import { startHistoryServer, startNginx } from "./servers.ts";

type Figures = Readonly<Record<string, number>>;

const largeBytes = Number(process.env.BENCH_MB ?? 500) * 1_000_000;
const smallCount = Number(process.env.BENCH_BLOBS ?? 10_000);
const rounds = Number(process.env.BENCH_ROUNDS ?? 3);
const smallBytes = 40_000;
const warmUpBytes = 200_000_000;

async function measured(
  start: (folder: string) => Promise<ServerProcess>,
): Promise<Figures> {
  const folder = await mkdtemp(join(tmpdir(), "history-server-bench-"));
  const server = await start(folder);
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
    const { peakRssAboveBaseMb: largePeakMb, ...largeSpeeds } = large;
    const { peakRssAboveBaseMb: smallPeakMb, ...smallSpeeds } = small;
    const peakRssAboveBaseMb = Math.max(largePeakMb, smallPeakMb);
    return { ...largeSpeeds, ...smallSpeeds, peakRssAboveBaseMb };
  } finally {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

function summary(runs: readonly Figures[]): Figures {
  const names = Object.keys(runs[0] ?? {});
  return Object.fromEntries(
    names.map((name) => {
      const sorted = runs.map((run) => run[name] ?? 0).sort((a, b) => a - b);
      const at = name.startsWith("peak") ? runs.length - 1 : runs.length >> 1;
      return [name, sorted[at] ?? 0];
    }),
  );
}

/** Ours over nginx's, round by round, because the machine may have other work now and then. */
function ratios(ours: readonly Figures[], nginx: readonly Figures[]): Figures {
  const each = ours.map((run, i) =>
    Object.fromEntries(
      Object.entries(run)
        .filter(([name]) => !name.startsWith("peak"))
        .map(([name, value]) => [name, value / (nginx[i]?.[name] ?? 0)]),
    ),
  );
  return Object.fromEntries(
    Object.entries(summary(each)).map(([name, ratio]) => [
      name,
      Math.round(ratio * 100) / 100,
    ]),
  );
}

const ours: Figures[] = [];
const nginx: Figures[] = [];
for (let round = 0; round < rounds; round++) {
  ours.push(await measured(startHistoryServer));
  nginx.push(await measured(startNginx));
}
const report = {
  largeBytes,
  smallCount,
  smallBytes,
  rounds,
  ours: summary(ours),
  nginx: summary(nginx),
  oursOverNginx: ratios(ours, nginx),
};
process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
