import { codeOf } from "./errors.js";
import type { WorkerContext } from "./ports.js";
import { withRetries } from "./retry.js";
import type { Upload } from "./sync-request.js";

/** Deletes what a request has left behind on history servers: archives, and uploads that were to become some. */
export async function deleteUploads(
  id: string,
  context: WorkerContext,
  signal: AbortSignal,
): Promise<void> {
  const { book } = context;
  while (true) {
    const request = await book.get(id);
    const upload = request?.uploadsToDelete[0];
    if (!request || !upload) return;
    await deleteUpload(upload, context, signal);
    await book.forgetUpload(request, upload);
  }
}

/** A failure is left to the archive's expiry. */
async function deleteUpload(
  { url, deletionToken = "" }: Upload,
  { clock, historyServer, log }: WorkerContext,
  signal: AbortSignal,
): Promise<void> {
  try {
    await withRetries(clock, signal, async () => {
      await historyServer.deleteBlob?.(url, deletionToken, { signal });
    });
  } catch (error) {
    signal.throwIfAborted();
    log("sync-upload.not-deleted", { code: codeOf(error) });
  }
}
