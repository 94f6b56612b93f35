import type { WorkerContext } from "./ports.js";
import type { SyncRequest } from "./sync-request.js";

/** What the request keeps in the spool. */
export function spooledIn(
  request: SyncRequest | undefined,
): string | undefined {
  return request && "spooled" in request.stage
    ? request.stage.spooled.id
    : undefined;
}

/** After a restart: what no request knows of was cut while it was made, or wasn't forgotten in time. */
export async function sweepSpool({
  book,
  spool,
}: WorkerContext): Promise<void> {
  if (!spool) return;
  const known = new Set((await book.list()).map(spooledIn));
  for (const id of await spool.list()) {
    if (!known.has(id)) await spool.remove(id);
  }
}
