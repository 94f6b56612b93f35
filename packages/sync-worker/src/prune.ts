import { nowNs } from "@history-sync/primitives";
import type { WorkerContext } from "./ports.js";
import { hasEnded } from "./sync-request.js";

// Long enough to look into what happened; none comes back after that.
const keptNs = 30n * 24n * 60n * 60n * 1_000_000_000n;

/** Forgets requests that ended long ago. */
export async function forgetOldRequests({
  book,
  clock,
}: WorkerContext): Promise<void> {
  const oldest = nowNs(clock) - keptNs;
  for (const request of await book.list()) {
    const { id, createdAtNs, expiresAtNs = createdAtNs } = request;
    if (hasEnded(request) && expiresAtNs < oldest) await book.remove(id);
  }
}
