// Measures the server beside nginx, in turns, and prints JSON: `pnpm --filter @history-sync/history-server bench`.
// BENCH_MB, BENCH_BLOBS and BENCH_ROUNDS change the amounts. Speeds are medians of the rounds, memory is the most of them.
// nginx answers a PUT when the kernel has the bytes, we when the disk has them: `durableUploadMbPerS` waits for it on both sides.

import { mkdtemp, open, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { largeBody, smallBodies } from "./loads.ts";
import { peakOf, rssKb, type ServerProcess } from "./processes.ts";
import { startHistoryServer, startNginx } from "./servers.ts";

type Figures = Readonly<Record<string, number>>;

interface Load {
  readonly rounds: number;
  readonly sizes: Figures;
  /** Of all the files of one turn, and some more. */
  readonly filesBytes: number;
  run(server: ServerProcess): Promise<Figures>;
}

const rounds = Number(process.env.BENCH_ROUNDS ?? 3);
const bytes = Number(process.env.BENCH_MB ?? 500) * 1_000_000;
const count = Number(process.env.BENCH_BLOBS ?? 10_000);
const smallBytes = 40_000;
const warmUpBytes = 200_000_000;

const loads: Record<string, Load> = {
  large: {
    // A turn takes some seconds only, and its speeds differ more from turn to turn.
    rounds: 3 * rounds,
    sizes: { bytes },
    filesBytes: 1.5 * (warmUpBytes + bytes),
    async run(server) {
      // The speeds are those of a server that has run for a moment.
      await largeBody(server, warmUpBytes);
      return await largeBody(server, bytes);
    },
  },
  small: {
    rounds,
    sizes: { count, bytes: smallBytes },
    filesBytes: 1.5 * count * smallBytes,
    run: (server) => smallBodies(server, count, smallBytes),
  },
};

/** One server's turn, in a process of its own. */
async function measured(
  start: (folder: string) => Promise<ServerProcess>,
  { filesBytes, run }: Load,
): Promise<Figures> {
  const folder = await mkdtemp(join(tmpdir(), "history-server-bench-"));
  await claimMemory(join(folder, "scratch"), filesBytes);
  const server = await start(folder);
  try {
    // The base is a server that has just started.
    return await peakOf(server, rssKb(server), () => run(server));
  } finally {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * Each turn begins with memory for its files that the machine already has: a virtual one gets its memory at the first use, at a
 * tenth of the speed, and who came first would pay.
 */
async function claimMemory(path: string, size: number): Promise<void> {
  const piece = new Uint8Array(1024 ** 2);
  const scratch = await open(path, "w");
  for (let left = size; left > 0; left -= piece.length) {
    await scratch.write(piece);
  }
  await scratch.close();
  await rm(path);
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

const report: Record<string, unknown> = {};
for (const [name, load] of Object.entries(loads)) {
  const ours: Figures[] = [];
  const nginx: Figures[] = [];
  for (let round = 0; round < load.rounds; round++) {
    ours.push(await measured(startHistoryServer, load));
    nginx.push(await measured(startNginx, load));
  }
  report[name] = {
    rounds: load.rounds,
    ...load.sizes,
    ours: summary(ours),
    nginx: summary(nginx),
    oursOverNginx: ratios(ours, nginx),
  };
}
process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
