import { createWriteStream, openAsBlob } from "node:fs";
import { pipeline } from "node:stream/promises";
import { exportArchive, importArchive } from "@history-sync/archive";
import { openArchive, sealArchive } from "@history-sync/encryption-codec";
import { systemClock } from "@history-sync/primitives";
import { openSqliteStore } from "@history-sync/store/sqlite";
import { generateHistory } from "./generate-history.js";

/** Runs one phase in a process of its own, so that its peak memory is its own, and prints what it measured. */
const [phase, storePath = "", archivePath = "", messages = "0"] =
  process.argv.slice(2);
const key = new Uint8Array(32).fill(1);
const store = openSqliteStore(storePath);
const baseKiB = process.resourceUsage().maxRSS;
const startedMs = performance.now();

switch (phase) {
  case "generate":
    await generateHistory(store.history, Number(messages));
    break;
  case "out":
    await pipeline(
      sealArchive(exportArchive(store.history, { clock: systemClock }), {
        key,
      }),
      createWriteStream(archivePath),
    );
    break;
  case "in":
    await importArchive(
      openArchive((await openAsBlob(archivePath)).stream(), { key }),
      store.history,
      { importId: "bench", clock: systemClock },
    );
    break;
  default:
    throw new Error(`no phase ${phase}`);
}

const seconds = (performance.now() - startedMs) / 1_000;
const peakKiB = process.resourceUsage().maxRSS;
console.log(
  JSON.stringify({
    seconds: Number(seconds.toFixed(3)),
    peakRssMB: Math.round(peakKiB / 1024),
    aboveBaseMB: Math.round((peakKiB - baseKiB) / 1024),
    messages: (await store.history.counts()).messages,
  }),
);
store.close();
