import { importArchive } from "@history-sync/archive";
import { openArchive } from "@history-sync/encryption-codec";
import { wipe } from "@history-sync/primitives";
import { metered } from "./metered.js";
import { enterStage, type WorkerContext } from "./ports.js";
import type { SealedArchive, SyncRequest } from "./request-store.js";
import { withRetries } from "./retry.js";
import { expectedArchive } from "./sealed-archive.js";

/**
 * Takes in what another installation answered:
 * MLS → reply → history server → sealed bytes → frames → elements → store. `answer` is its mirror image.
 */
export async function importReply(
  request: SyncRequest,
  context: WorkerContext,
  signal: AbortSignal,
): Promise<void> {
  const { stage } = request;
  if (stage.name === "importing") {
    const { archive } = stage;
    await withRetries(context.clock, signal, () =>
      importOnce(request, archive, context, signal),
    );
    await enterStage(request, { name: "imported" }, context);
    context.updates.publish({ type: "preferences" });
    wipe(archive.key);
  }
}

/** Goes on after the last page that was merged, if the same archive was begun before. */
async function importOnce(
  request: SyncRequest,
  archive: SealedArchive,
  context: WorkerContext,
  signal: AbortSignal,
): Promise<void> {
  const progress = context.updates.progress(request.id, "importing");
  const sealed = await context.historyServer.download(archive.url, {
    signal,
  });
  const frames = openArchive(metered(sealed, progress.bytes), {
    key: archive.key,
    expected: archive.sealed && expectedArchive(archive.sealed),
    signal,
  });
  const { receipt } = await importArchive(frames, context.history, {
    importId: importIdOf(request, archive),
    clock: context.clock,
    onProgress: progress.elements,
    signal,
  });
  if (receipt) {
    const { updates, log } = context;
    updates.publish({ type: "receipt", requestId: request.id, receipt });
    log("sync-import.receipt", { complete: receipt.complete });
  }
}

/** Two replies to one request are two imports. */
function importIdOf(request: SyncRequest, archive: SealedArchive): string {
  return `${request.pin}/${archive.url.split("/").at(-1)}`;
}
