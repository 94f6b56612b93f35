import { nowNs } from "@history-sync/primitives";
import { recentExports } from "./export-budget.js";
import type { WorkerContext } from "./ports.js";
import { hasEnded, type SyncRequest } from "./sync-request.js";

// Long enough to look into what happened; none comes back after that.
const keptNs = 30n * 24n * 60n * 60n * 1_000_000_000n;
// Of other installations' requests: far more than honest ones make.
const maxKept = 1_000;

/** Forgets requests that ended long ago, and of too many the oldest; never one that counts against the export budget. */
export async function forgetOldRequests({
  book,
  clock,
}: WorkerContext): Promise<void> {
  const now = nowNs(clock);
  const oldest = now - keptNs;
  const over = (await book.list()).filter(
    (request) => isOver(request) && recentExports(request, now).length === 0,
  );
  const answered = over.filter(({ role }) => role === "answerer");
  const tooMany = new Set(answered.slice(0, -maxKept));
  for (const request of over) {
    const { createdAtNs, expiresAtNs = createdAtNs } = request;
    if (expiresAtNs < oldest || tooMany.has(request)) {
      await book.remove(request.id);
    }
  }
}

/** Nothing of it is left to be done or told. */
function isOver(request: SyncRequest): boolean {
  const { stage } = request;
  const isTold = !("told" in stage) || stage.told;
  const isDeleted = request.uploadsToDelete.length === 0;
  return hasEnded(request) && isTold && isDeleted;
}
