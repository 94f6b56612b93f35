import { SyncWorkerError } from "./errors.js";
import type { WorkerContext } from "./ports.js";
import type { Stage } from "./sync-request.js";

/** Calls `start`, then resolves when the request is in a stage that is looked for; throws `closed` if none comes. */
export async function untilStage(
  id: string,
  { book, updates }: WorkerContext,
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
    "expected the request to go on, got the worker's end",
  );
}

/** Throws `gave-up` for a request that was. */
export function expectNotFailed(stage: Stage): void {
  if (stage.name !== "failed") return;
  throw new SyncWorkerError(
    "gave-up",
    `expected the request to come through, got ${stage.reason}`,
  );
}
