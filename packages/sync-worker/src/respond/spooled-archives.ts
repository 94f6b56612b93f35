import type { WorkerContext } from "../context/ports.js";
import { codeOf } from "../errors.js";
import { spooledIn } from "../request/sync-request.js";

/** Removes an archive from the spool. A failure is logged: the archive is removed at the next start. */
export async function removeSpooled(
  id: string,
  { spool, log }: Pick<WorkerContext, "spool" | "log">,
): Promise<void> {
  try {
    await spool?.remove(id);
  } catch (error) {
    log("sync-spool.not-removed", { code: codeOf(error) });
  }
}

/** Removes, after a restart, the spooled archives that no request needs. */
export async function sweepSpool(
  context: Pick<WorkerContext, "book" | "spool" | "log">,
): Promise<void> {
  const { book, spool, log } = context;
  const needed = new Set((await book.list()).map(spooledIn));
  try {
    for (const id of (await spool?.list()) ?? []) {
      if (!needed.has(id)) await removeSpooled(id, context);
    }
  } catch (error) {
    log("sync-spool.not-swept", { code: codeOf(error) });
  }
}
