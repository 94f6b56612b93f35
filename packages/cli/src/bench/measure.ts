import { exportArchive, importArchive } from "@history-sync/archive";
import { sealArchive } from "@history-sync/encryption-codec";
import { systemClock as clock } from "@history-sync/primitives";
import type { HistoryStore } from "@history-sync/store";
import { openSqliteStore } from "@history-sync/store/sqlite";
import { generateHistory } from "@history-sync/store/testing";
import { ArchiveFile } from "../archive-file.js";
import { messageOf } from "../errors.js";
import { writeNewFile } from "../new-file.js";
import type { Phase, PhaseOutput } from "./phases.js";

// Runs one phase and prints its measurements. Each phase has its own process, so that peak memory is measured for it alone.
const [phase, storePath = "", archivePath = "", formatName, messages] =
  process.argv.slice(2);
const format = formatName === "xmtp-v0" ? "xmtp-v0" : "paged-v1";
// As an answer to another installation of ours is ordered.
const order = format === "paged-v1" ? "newest-first" : "xmtp";
const key = new Uint8Array(32).fill(1);

const work: Readonly<Record<Phase, (history: HistoryStore) => Promise<void>>> =
  {
    generate: (history) => generateHistory(history, Number(messages)),
    async out(history) {
      const seal = () =>
        sealArchive(exportArchive(history, { clock, order }), { key, format });
      await writeNewFile(archivePath, seal, { force: true });
    },
    async in(history) {
      const options = { key, allowRepeatedNonce: false };
      await using file = await ArchiveFile.open(archivePath, options, process);
      await importArchive(file.frames(), history, { importId: "bench", clock });
    },
  };

try {
  process.stdout.write(JSON.stringify(await measure(phase as Phase)));
} catch (error) {
  process.stderr.write(messageOf(error));
  process.exitCode = 1;
}

async function measure(phase: Phase): Promise<PhaseOutput> {
  const store = openSqliteStore(storePath);
  const baseKiB = process.resourceUsage().maxRSS;
  const startedMs = performance.now();
  await work[phase](store.history);
  const seconds = (performance.now() - startedMs) / 1_000;
  const peakKiB = process.resourceUsage().maxRSS;
  const counts = await store.history.counts();
  store.close();
  return {
    seconds: Number(seconds.toFixed(3)),
    peakRssMB: Math.round(peakKiB / 1024),
    aboveBaseMB: Math.round((peakKiB - baseKiB) / 1024),
    messages: counts.messages,
  };
}
