import { codeOf } from "./errors.js";
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

/** What can't be removed now is removed at the next start. */
export async function forgetSpooled(
  id: string,
  { spool, log }: WorkerContext,
): Promise<void> {
  try {
    await spool?.remove(id);
  } catch (error) {
    log("sync-spool.not-removed", { code: codeOf(error) });
  }
}

/** After a restart: what no request knows of was cut while it was made, or wasn't forgotten in time. */
export async function sweepSpool(context: WorkerContext): Promise<void> {
  const { book, spool, log } = context;
  const known = new Set((await book.list()).map(spooledIn));
  try {
    for (const id of (await spool?.list()) ?? []) {
      if (!known.has(id)) await forgetSpooled(id, context);
    }
  } catch (error) {
    log("sync-spool.not-swept", { code: codeOf(error) });
  }
}
