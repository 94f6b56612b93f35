import { create } from "@bufbuild/protobuf";
import { idBytes } from "@history-sync/primitives";
import { DeviceSyncAcknowledgeSchema } from "@history-sync/proto/device-sync";
import type { WorkerContext } from "../context/ports.js";
import { sendToInstallations } from "../context/send-to-installations.js";
import { codeOf } from "../errors.js";
import { comparisonWords } from "../request/comparison-words.js";
import { rankOf } from "../request/election.js";
import { exportOptions } from "../request/options.js";
import type { SyncRequest } from "../request/sync-request.js";
import { withRetries } from "../work/retry.js";

// Two acknowledgements may be lost before another installation responds.
const acknowledgementsPerTakeover = 3;

/**
 * Sends an acknowledgement. The turn is known when this installation receives its own message, with the node's
 * time.
 */
export async function acknowledge(
  request: SyncRequest,
  context: Pick<WorkerContext, "clock" | "syncGroups">,
  signal: AbortSignal,
): Promise<void> {
  const { clock, syncGroups } = context;
  await sendAcknowledge(request, false, context, signal);
  await withRetries(clock, signal, () => syncGroups.sync(signal));
}

/** Emits that the user has to approve, and sends the other installations that it waits for that. */
export async function requestApproval(
  request: SyncRequest,
  context: Pick<WorkerContext, "clock" | "syncGroups" | "updates">,
  signal: AbortSignal,
): Promise<void> {
  const { id, pin, requester, options } = request;
  const { updates, syncGroups } = context;
  updates.publish({
    type: "approval",
    requestId: id,
    requester,
    comparisonWords: comparisonWords(pin, requester, syncGroups.installationId),
    options: exportOptions(options),
  });
  await sendAcknowledge(request, true, context, signal);
}

/** Runs `work`, and sends acknowledgements meanwhile, so that the other installations keep standing by. */
export async function keepAlive<Result>(
  request: SyncRequest,
  context: Pick<WorkerContext, "clock" | "log" | "settings" | "syncGroups">,
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const done = new AbortController();
  const ended = AbortSignal.any([signal, done.signal]);
  if (request.origin === "message") {
    // Without them another installation responds; the work continues.
    sendRepeatedly(request, context, ended).catch((error: unknown) => {
      if (ended.aborted) return;
      context.log("sync-request.silent", { code: codeOf(error) });
    });
  }
  try {
    return await work(signal);
  } finally {
    done.abort();
  }
}

async function sendRepeatedly(
  request: SyncRequest,
  context: Pick<WorkerContext, "clock" | "settings" | "syncGroups">,
  signal: AbortSignal,
): Promise<never> {
  const { clock, settings } = context;
  while (true) {
    await clock.sleep(
      settings.takeoverMs / acknowledgementsPerTakeover,
      signal,
    );
    await sendAcknowledge(request, false, context, signal);
  }
}

async function sendAcknowledge(
  { pin, requester }: SyncRequest,
  awaitingApproval: boolean,
  context: Pick<WorkerContext, "clock" | "syncGroups">,
  signal: AbortSignal,
): Promise<void> {
  const value = create(DeviceSyncAcknowledgeSchema, {
    requestId: pin,
    rank: rankOf(context.syncGroups.installationId, pin),
    requester: idBytes(requester),
    ...(awaitingApproval && { awaitingApproval }),
  });
  await sendToInstallations({ case: "acknowledge", value }, context, signal);
}
