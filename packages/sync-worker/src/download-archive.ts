import {
  type ImportReceipt,
  importArchive,
  type OpenPages,
} from "@history-sync/archive";
import {
  decodeCursor,
  encodeCursor,
  openArchivePages,
} from "@history-sync/encryption-codec";
import { metered } from "./metered.js";
import type { WorkerContext } from "./ports.js";
import { expectedArchive } from "./sealed-archive.js";
import type { SealedArchive, SyncRequest } from "./sync-request.js";

/**
 * History server → sealed bytes → frames → elements → store. Goes on after the last page that was merged, if the same
 * archive was begun before: an archive in pages is downloaded from there, an older one is read again and skipped up to
 * there.
 */
export async function downloadArchive(
  request: SyncRequest,
  archive: SealedArchive,
  context: WorkerContext,
  signal: AbortSignal,
): Promise<ImportReceipt | undefined> {
  const { history, historyServer, clock, updates, log } = context;
  const { url, key, sealed } = archive;
  const progress = updates.progress(request.id, "importing");
  const pages: OpenPages = async function* (at) {
    const from = at && decodeCursor(at);
    const bytes = await historyServer.download(url, {
      offset: from?.offset ?? 0,
      signal,
    });
    const expected = sealed && expectedArchive(sealed);
    const opened = metered(bytes, progress.bytes);
    const options = { key, from, expected, signal };
    for await (const { frames, next } of openArchivePages(opened, options)) {
      yield { frames, next: next && encodeCursor(next) };
    }
  };
  const { receipt } = await importArchive(pages, history, {
    importId: importIdOf(request, archive),
    clock,
    onProgress: progress.elements,
    signal,
  });
  if (receipt) {
    updates.publish({ type: "receipt", requestId: request.id, receipt });
    log("sync-import.receipt", { complete: receipt.complete });
  }
  return receipt;
}

/** Two replies to one request are two imports. */
function importIdOf(request: SyncRequest, archive: SealedArchive): string {
  return `${request.pin}/${archive.url.split("/").at(-1)}`;
}
