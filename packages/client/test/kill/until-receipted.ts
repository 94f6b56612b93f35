import type { SyncRequest } from "@history-sync/sync-worker";
import type { Client } from "../../src/index.js";

/** Resolves when the one request that the client knows is over, and its archive is deleted. */
export async function untilReceipted({
  history,
}: {
  readonly history: Pick<Client["history"], "requests" | "updates">;
}): Promise<void> {
  const updates = history.updates();
  while (!(await history.requests()).some(isOver)) {
    const { done } = await updates.next();
    if (done) throw new TypeError("expected a receipt, got a closed client");
  }
}

function isOver({ stage, uploadsToDelete }: SyncRequest): boolean {
  return stage.name === "receipted" && uploadsToDelete.length === 0;
}
