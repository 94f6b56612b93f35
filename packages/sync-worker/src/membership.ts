import type { InstallationId } from "@history-sync/primitives";
import { SyncWorkerError } from "./errors.js";
import type { WorkerContext } from "./ports.js";
import { within, withRetries } from "./retry.js";

const lookUpTimeoutMs = 60_000;

/** The inbox's installations as they are now, in one order on all of them. */
export async function currentInstallations(
  { clock, installations, syncGroups }: WorkerContext,
  signal: AbortSignal,
): Promise<readonly InstallationId[]> {
  const found = await within(clock, lookUpTimeoutMs, signal, () =>
    installations.installations(syncGroups.inboxId),
  );
  return found.installations.toSorted();
}

/** Throws `requester-gone` for an installation that isn't of the inbox, or no more. */
export async function expectInInbox(
  requester: InstallationId,
  context: WorkerContext,
  signal: AbortSignal,
): Promise<void> {
  const current = await withRetries(context.clock, signal, () =>
    currentInstallations(context, signal),
  );
  if (current.includes(requester)) return;
  throw new SyncWorkerError(
    "requester-gone",
    `expected the asker among the inbox's ${current.length} installations, got left out`,
  );
}
