import type { SyncContent } from "@history-sync/sync-group";
import { within, withRetries } from "../work/retry.js";
import type { WorkerContext } from "./ports.js";

// A commit, Welcomes and a message on a slow line.
const sendTimeoutMs = 120_000;

/** Sends a message to the inbox's installations, after the group's members have been updated. */
export type Send = (
  content: SyncContent,
  context: Pick<WorkerContext, "clock" | "syncGroups">,
  signal: AbortSignal,
) => Promise<unknown>;

/** Sends a message to the sync group after its membership has been updated. Retries retryable errors. */
export const sendToInstallations: Send = (content, context, signal) =>
  withRetries(context.clock, signal, () => sendOnce(content, context, signal));

/** The same, in one attempt. */
export const sendOnce: Send = (content, { clock, syncGroups }, signal) =>
  within(clock, sendTimeoutMs, signal, (ended) =>
    syncGroups.send(content, ended),
  );
