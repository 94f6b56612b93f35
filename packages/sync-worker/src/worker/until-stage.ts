import type { WorkerContext } from "../context/ports.js";
import { SyncWorkerError } from "../errors.js";
import type { Stage } from "../request/sync-request.js";

/**
 * Calls `start`, and resolves with the first stage that `isWanted`.
 *
 * @throws {SyncWorkerError} `closed` if the worker ends first
 */
export async function untilStage(
  id: string,
  { book, updates }: Pick<WorkerContext, "book" | "updates">,
  isWanted: (stage: Stage) => boolean,
  start: () => Promise<void>,
): Promise<Stage> {
  const abort = new AbortController();
  const watcher = updates.watch(abort.signal);
  try {
    await start();
    const { stage } = await book.expect(id);
    if (isWanted(stage)) return stage;
    for await (const update of watcher) {
      if (update.type !== "stage" || update.request.id !== id) continue;
      if (isWanted(update.request.stage)) return update.request.stage;
    }
  } finally {
    abort.abort();
  }
  throw new SyncWorkerError(
    "closed",
    "expected the request to be worked on, got the worker's end",
  );
}

/** Throws `request-failed` for a request that was. */
export function expectNotFailed(stage: Stage): void {
  if (stage.name !== "failed") return;
  throw new SyncWorkerError(
    "request-failed",
    `expected the request to succeed, got ${stage.reason}`,
  );
}
