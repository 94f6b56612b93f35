import { codeOf } from "./errors.js";
import type { WorkerContext } from "./ports.js";
import { withRetries } from "./retry.js";
import type { SyncRequest, Upload } from "./sync-request.js";

/** Deletes an archive from its server, or what came of one. A failure is left to the archive's expiry. */
export async function deleteUpload(
  upload: Upload | undefined,
  { clock, historyServer, log }: WorkerContext,
  signal: AbortSignal,
): Promise<void> {
  if (upload?.deletionToken === undefined) return;
  const { url, deletionToken } = upload;
  try {
    await withRetries(clock, signal, async () => {
      await historyServer.deleteBlob?.(url, deletionToken, { signal });
    });
  } catch (error) {
    signal.throwIfAborted();
    log("sync-upload.not-deleted", { code: codeOf(error) });
  }
}

/** Deletes the upload of a request that has ended, then forgets it. */
export async function deleteUploadOf(
  request: SyncRequest,
  context: WorkerContext,
  signal: AbortSignal,
): Promise<void> {
  const { stage } = request;
  if (stage.name !== "receipted" && stage.name !== "cancelled") return;
  const { upload, ...rest } = stage;
  await deleteUpload(upload, context, signal);
  await context.book.enter(request, rest);
}
