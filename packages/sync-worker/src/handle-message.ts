import { PrimitivesError } from "@history-sync/primitives";
import type { DeviceSyncMessage } from "@history-sync/sync-group";
import { codeOf, SyncWorkerError } from "./errors.js";
import { heardOfNewKey } from "./hmac-key.js";
import type { Move } from "./moves.js";
import type { WorkerContext } from "./ports.js";
import { applyPreferenceUpdates } from "./preferences.js";
import { takeAcknowledgement } from "./take-acknowledgement.js";
import { takeCancel, takeDecline, takeReceipt } from "./take-ending.js";
import { takeReply } from "./take-reply.js";
import { takeRequest } from "./take-request.js";

/** Takes in one message of the sync group. One that can't be right is passed over; a lost store isn't. */
export async function handleMessage(
  message: DeviceSyncMessage,
  context: WorkerContext,
  move: Move,
): Promise<void> {
  try {
    await handle(message, context, move);
  } catch (error) {
    const isTheirs =
      error instanceof SyncWorkerError || error instanceof PrimitivesError;
    if (!isTheirs) throw error;
    context.log("sync-message.refused", {
      kind: message.content.case,
      code: codeOf(error),
    });
  }
}

async function handle(
  message: DeviceSyncMessage,
  context: WorkerContext,
  move: Move,
): Promise<void> {
  const { content, own } = message;
  switch (content.case) {
    case "request":
      return own
        ? undefined
        : takeRequest(message, content.value, context, move);
    case "acknowledge":
      return takeAcknowledgement(message, content.value, context, move);
    case "reply":
      return takeReply(message, content.value, context, move);
    case "decline":
      return own
        ? undefined
        : takeDecline(message, content.value, context, move);
    case "receipt":
      return own
        ? undefined
        : takeReceipt(message, content.value, context, move);
    case "cancel":
      return own
        ? undefined
        : takeCancel(message, content.value, context, move);
    case "preferenceUpdates": {
      const isKey = ({ update }: { update: { case?: string | undefined } }) =>
        update.case === "hmac";
      if (!own && content.value.updates.some(isKey)) {
        await heardOfNewKey(context);
      }
      return applyPreferenceUpdates(content.value, context);
    }
  }
}
