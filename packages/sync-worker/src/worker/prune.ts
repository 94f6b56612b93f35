import { nowNs } from "@history-sync/primitives";
import type { WorkerContext } from "../context/ports.js";
import { recentExports } from "../request/export-budget.js";
import type { SyncRequest } from "../request/sync-request.js";
import { isFinal } from "../request/transitions.js";

// Long enough to investigate a failure; no message of it arrives later.
const keptNs = 30n * 24n * 60n * 60n * 1_000_000_000n;
// Of other installations' requests: far more than honest ones make.
const maxKept = 1_000;

/** Removes requests that ended long ago, and the oldest of too many; never one that the export budget counts. */
export async function forgetOldRequests({
  book,
  clock,
}: Pick<WorkerContext, "book" | "clock">): Promise<void> {
  const now = nowNs(clock);
  const oldest = now - keptNs;
  const over = (await book.list()).filter(
    (request) => isOver(request) && recentExports(request, now).length === 0,
  );
  const received = over.filter(({ role }) => role === "responder");
  const tooMany = new Set(received.slice(0, -maxKept));
  for (const request of over) {
    const { createdAtNs, expiresAtNs = createdAtNs } = request;
    if (expiresAtNs < oldest || tooMany.has(request)) {
      await book.remove(request.id);
    }
  }
}

/** Returns true if nothing of the request is left to be done or sent. */
function isOver(request: SyncRequest): boolean {
  const { stage } = request;
  const isNotified = !("notified" in stage) || stage.notified;
  const isDeleted = request.uploadsToDelete.length === 0;
  return isFinal(request) && isNotified && isDeleted;
}
