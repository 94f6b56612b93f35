import { wipe } from "@history-sync/primitives";
import { forgetReplies } from "./archives.js";
import { downloadArchive } from "./download-archive.js";
import type { WorkerContext } from "./ports.js";
import { receiptOf } from "./receipt.js";
import { wasAsked } from "./request-ids.js";
import { withRetries } from "./retry.js";
import { say } from "./say.js";
import type { SyncRequest } from "./sync-request.js";

/**
 * Takes in what another installation answered, from whatever stage it is in:
 * MLS → reply → history server → sealed bytes → frames → elements → store → receipt. `answer` is its mirror image.
 */
export async function importReply(
  request: SyncRequest,
  context: WorkerContext,
  signal: AbortSignal,
): Promise<void> {
  const { book, updates } = context;
  let current = request;
  if (current.stage.name === "importing") {
    const { archive, by } = current.stage;
    const receipt = await withRetries(context.clock, signal, () =>
      downloadArchive(current, archive, context, signal),
    );
    current = await book.enter(current, {
      name: "imported",
      receipt: receiptOf(current.pin, receipt),
      by,
    });
    updates.publish({ type: "preferences" });
    wipe(archive.key);
  }
  if (current.stage.name === "imported") {
    const { receipt } = current.stage;
    await forgetReplies(current.pin, context);
    // Nobody waits to hear of an archive that was taken from the shelf.
    if (wasAsked(current)) {
      await say({ case: "receipt", value: receipt }, context, signal);
    }
    await book.enter(current, { name: "receipted", receipt });
  }
}
