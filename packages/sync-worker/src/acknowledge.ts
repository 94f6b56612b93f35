import { create } from "@bufbuild/protobuf";
import { idBytes } from "@history-sync/primitives";
import { DeviceSyncAcknowledgeSchema } from "@history-sync/proto/device-sync";
import { rankOf } from "./election.js";
import { codeOf } from "./errors.js";
import { exportOptions } from "./options.js";
import type { WorkerContext } from "./ports.js";
import { wasAsked } from "./request-ids.js";
import { withRetries } from "./retry.js";
import { say } from "./say.js";
import type { SyncRequest } from "./sync-request.js";
import { comparisonWords } from "./words.js";

// Two signs of life may be lost before another installation takes over.
const signsPerTakeover = 3;

/** Says that this installation takes the request. Whose turn it is shows when the message comes back with the node's time. */
export async function acknowledge(
  request: SyncRequest,
  context: WorkerContext,
  signal: AbortSignal,
): Promise<void> {
  const { clock, syncGroups } = context;
  await sayAcknowledge(request, false, context, signal);
  await withRetries(clock, signal, () => syncGroups.sync(signal));
}

/** Tells the user of this installation, and the other installations, that a yes is waited for. */
export async function askForApproval(
  request: SyncRequest,
  context: WorkerContext,
  signal: AbortSignal,
): Promise<void> {
  const { id, pin, requester } = request;
  const { updates, syncGroups } = context;
  updates.publish({
    type: "approval",
    requestId: id,
    requester,
    words: comparisonWords(pin, requester, syncGroups.installationId),
    options: exportOptions(request.options),
  });
  await sayAcknowledge(request, true, context, signal);
}

/** Shows the others, while the work goes on, that this installation is at it. */
export async function keepAlive<Result>(
  request: SyncRequest,
  context: WorkerContext,
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const done = new AbortController();
  const ended = AbortSignal.any([signal, done.signal]);
  if (wasAsked(request)) {
    // It ends with the work, or with a failure: then another installation takes over.
    showSignsOfLife(request, context, ended).catch((error: unknown) => {
      if (!ended.aborted) {
        context.log("sync-request.silent", { code: codeOf(error) });
      }
    });
  }
  try {
    return await work(signal);
  } finally {
    done.abort();
  }
}

async function showSignsOfLife(
  request: SyncRequest,
  context: WorkerContext,
  signal: AbortSignal,
): Promise<never> {
  const { clock, settings } = context;
  while (true) {
    await clock.sleep(settings.takeoverMs / signsPerTakeover, signal);
    await sayAcknowledge(request, false, context, signal);
  }
}

async function sayAcknowledge(
  { pin, requester }: SyncRequest,
  awaitingApproval: boolean,
  context: WorkerContext,
  signal: AbortSignal,
): Promise<void> {
  const value = create(DeviceSyncAcknowledgeSchema, {
    requestId: pin,
    rank: rankOf(context.syncGroups.installationId, pin),
    requester: idBytes(requester),
    ...(awaitingApproval && { awaitingApproval }),
  });
  await say({ case: "acknowledge", value }, context, signal);
}
