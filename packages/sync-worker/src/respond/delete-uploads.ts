import type { WorkerContext } from "../context/ports.js";
import { codeOf } from "../errors.js";
import type { Upload } from "../request/sync-request.js";
import { withRetries } from "../work/retry.js";

/** Deletes a request's archives, complete or not, that are no longer needed from history servers. */
export async function deleteUploads(
  id: string,
  context: Pick<WorkerContext, "book" | "clock" | "historyServer" | "log">,
  signal: AbortSignal,
): Promise<void> {
  const { book } = context;
  while (true) {
    const request = await book.get(id);
    const upload = request?.uploadsToDelete[0];
    if (!request || !upload) return;
    await deleteUpload(upload, context, signal);
    await book.removeUpload(request, upload);
  }
}

/** An upload that can't be deleted is left to its expiry. */
async function deleteUpload(
  { url, deletionToken = "" }: Upload,
  {
    clock,
    historyServer,
    log,
  }: Pick<WorkerContext, "clock" | "historyServer" | "log">,
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
