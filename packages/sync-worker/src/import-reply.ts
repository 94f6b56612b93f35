import { importArchive } from "@history-sync/archive";
import { openArchive } from "@history-sync/encryption-codec";
import { wipe } from "@history-sync/primitives";
import { metered } from "./metered.js";
import { enterStage, type Workplace } from "./ports.js";
import type { SealedArchive, SyncRequest } from "./request-store.js";
import { withRetries } from "./retry.js";

/**
 * Takes in what another installation answered:
 * MLS → reply → history server → sealed bytes → frames → elements → store. `answer` is its mirror image.
 */
export async function importReply(
  request: SyncRequest,
  workplace: Workplace,
  signal: AbortSignal,
): Promise<void> {
  const { stage } = request;
  if (stage.name === "importing") {
    const { archive } = stage;
    await withRetries(workplace.clock, signal, () =>
      importOnce(request, archive, workplace, signal),
    );
    await enterStage(request, { name: "imported" }, workplace);
    workplace.updates.publish({ type: "preferences" });
    wipe(archive.key);
  }
}

/** Goes on after the last page that was merged, if the same archive was begun before. */
async function importOnce(
  request: SyncRequest,
  archive: SealedArchive,
  workplace: Workplace,
  signal: AbortSignal,
): Promise<void> {
  const progress = workplace.updates.progress(request.id, "importing");
  const sealed = await workplace.historyServer.download(archive.url, {
    signal,
  });
  const frames = openArchive(metered(sealed, progress.bytes), {
    key: archive.key,
    signal,
  });
  await importArchive(frames, workplace.history, {
    importId: importIdOf(request, archive),
    clock: workplace.clock,
    onProgress: progress.elements,
    signal,
  });
}

/** Two replies to one request are two imports. */
function importIdOf(request: SyncRequest, archive: SealedArchive): string {
  return `${request.pin}/${archive.url.split("/").at(-1)}`;
}
