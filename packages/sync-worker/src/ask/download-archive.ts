import {
  type ImportReceipt,
  importArchive,
  type OpenPages,
} from "@history-sync/archive";
import {
  decodeCursor,
  type ExpectedArchive,
  encodeCursor,
  openArchivePages,
} from "@history-sync/encryption-codec";
import type { SealedArchive as Sealed } from "@history-sync/proto/history-sync";
import type { WorkerContext } from "../context/ports.js";
import type { SealedArchive, SyncRequest } from "../request/sync-request.js";
import { metered } from "../work/metered.js";

/**
 * Downloads and merges an archive: history server → sealed bytes → frames → elements → store. Resumes after the last merged
 * page: an archive in pages is downloaded from there, one in `xmtp-v0` is read again and skipped up to there.
 */
export async function downloadArchive(
  request: SyncRequest,
  archive: SealedArchive,
  context: Pick<
    WorkerContext,
    "clock" | "history" | "historyServer" | "log" | "updates"
  >,
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

/** Names an import: two replies to one request are two imports. */
function importIdOf(request: SyncRequest, archive: SealedArchive): string {
  return `${request.pin}/${archive.url.split("/").at(-1)}`;
}

/** Returns what the archive is checked against before it is opened. */
function expectedArchive({ headerSha256, pages }: Sealed): ExpectedArchive {
  return {
    archiveId: headerSha256,
    pages: pages.map(({ length, sha256 }) => ({ bytes: length, sha256 })),
  };
}
