import type { SyncContent } from "@history-sync/sync-group";
import type { WorkerContext } from "./ports.js";
import { within, withRetries } from "./retry.js";

// A commit, Welcomes and a message on a slow line.
const sendTimeoutMs = 120_000;

/** Says it to the inbox's installations, once the group's members are those; tries again where that can help. */
export async function say(
  content: SyncContent,
  context: WorkerContext,
  signal: AbortSignal,
): Promise<void> {
  await withRetries(context.clock, signal, () =>
    sayOnce(content, context, signal),
  );
}

/** The same, in one try. */
export async function sayOnce(
  content: SyncContent,
  { clock, syncGroups }: WorkerContext,
  signal: AbortSignal,
): Promise<void> {
  await within(clock, sendTimeoutMs, signal, (ended) =>
    syncGroups.send(content, ended),
  );
}
