import { wipe } from "@history-sync/primitives";
import type { WorkerContext } from "../context/ports.js";
import { sendToInstallations } from "../context/send-to-installations.js";
import { forgetReplies } from "../request/archives.js";
import { receiptOf } from "../request/receipt.js";
import type { SyncRequest } from "../request/sync-request.js";
import { withRetries } from "../work/retry.js";
import { downloadArchive } from "./download-archive.js";

/**
 * Imports the archive of a reply, from whatever stage the request is in:
 * MLS → reply → history server → sealed bytes → frames → elements → store → receipt. `respond` is its mirror image.
 */
export async function importReply(
  request: SyncRequest,
  context: Pick<
    WorkerContext,
    | "book"
    | "clock"
    | "history"
    | "historyServer"
    | "log"
    | "requests"
    | "syncGroups"
    | "updates"
  >,
  signal: AbortSignal,
): Promise<void> {
  const { book, updates, requests } = context;
  let current = request;
  if (current.stage.name === "importing") {
    const { archive } = current.stage;
    const imported = await withRetries(context.clock, signal, () =>
      downloadArchive(current, archive, context, signal),
    );
    const receipt = receiptOf(current.pin, imported);
    current = await book.apply(current, { type: "archive-imported", receipt });
    updates.publish({ type: "preferences" });
    wipe(archive.key);
  }
  if (current.stage.name === "imported") {
    const { receipt: value } = current.stage;
    await forgetReplies(current.pin, requests.archives);
    // An archive that the app chose was not requested, so no installation waits for its receipt.
    if (current.origin === "message") {
      await sendToInstallations({ case: "receipt", value }, context, signal);
    }
    await book.apply(current, { type: "receipt-sent" });
  }
}
