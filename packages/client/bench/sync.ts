import { execFile } from "node:child_process";
import { copyFile, mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { importArchive } from "@history-sync/archive";
import {
  type ArchiveFormat,
  openArchive,
} from "@history-sync/encryption-codec";
import medium from "@history-sync/fixtures/libxmtp/medium.json" with {
  type: "json",
};
import { fromHex, streamOf, systemClock } from "@history-sync/primitives";
import type { HistoryStore } from "@history-sync/store";
import { openSqliteStore } from "@history-sync/store/sqlite";
import { generateHistory } from "@history-sync/store/testing";
import { rounded } from "./groups/cost.ts";
import type { SyncTimes } from "./sync/requester.ts";
import type { ResponderOptions } from "./sync/talk.ts";

/** One history, synced in both formats in the same run. */
interface SyncReport {
  readonly history: string;
  readonly messages: number;
  readonly formats: Readonly<Record<ArchiveFormat, SyncTimes>>;
  /** Of "paged-v1" to "xmtp-v0": below 1 is better. */
  readonly ratios: {
    readonly firstUsable: number;
    readonly end: number;
    readonly archiveBytes: number;
  };
}

/** Measures the sync of a real history, and of a made-up one with so many messages. */
export async function measureSyncs(
  messages: number,
): Promise<readonly SyncReport[]> {
  return [
    await measureSync("medium.xmtp", fillFromLibxmtp),
    await measureSync("generated", (history) =>
      generateHistory(history, messages),
    ),
  ];
}

async function measureSync(
  name: string,
  fill: (history: HistoryStore) => Promise<void>,
): Promise<SyncReport> {
  const folder = await mkdtemp(join(tmpdir(), "history-sync-bench-"));
  try {
    const file = join(folder, "history.db");
    const store = openSqliteStore(file);
    await fill(store.history);
    const { messages } = await store.history.counts();
    store.close();
    const formats = {
      "xmtp-v0": await syncOnce(file, folder, "xmtp-v0"),
      "paged-v1": await syncOnce(file, folder, "paged-v1"),
    };
    return { history: name, messages, formats, ratios: ratiosOf(formats) };
  } finally {
    await rm(folder, { recursive: true });
  }
}

const runFile = promisify(execFile);
const requester = fileURLToPath(new URL("sync/requester.ts", import.meta.url));

/** Two new installations, each in a process of its own, so that none has a compiler that is warm. */
async function syncOnce(
  history: string,
  parent: string,
  format: ArchiveFormat,
): Promise<SyncTimes> {
  const folder = join(parent, format);
  await mkdir(folder);
  await copyFile(history, join(folder, "responder.db"));
  const options: ResponderOptions = { folder, format };
  const { stdout } = await runFile(process.execPath, [
    requester,
    JSON.stringify(options),
  ]);
  return JSON.parse(stdout);
}

async function fillFromLibxmtp(history: HistoryStore): Promise<void> {
  const url = import.meta.resolve("@history-sync/fixtures/libxmtp/medium.xmtp");
  const bytes = streamOf([await readFile(fileURLToPath(url))]);
  const frames = openArchive(bytes, { key: fromHex(medium.keyHex) });
  const options = { importId: "medium", clock: systemClock };
  await importArchive(frames, history, options);
}

function ratiosOf({
  "paged-v1": ours,
  "xmtp-v0": base,
}: SyncReport["formats"]): SyncReport["ratios"] {
  return {
    firstUsable: rounded(ours.firstUsableMs / base.firstUsableMs),
    end: rounded(ours.endMs / base.endMs),
    archiveBytes: rounded(ours.archiveBytes / base.archiveBytes),
  };
}
