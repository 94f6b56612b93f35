import { PrimitivesError } from "@history-sync/primitives";
import type { DeviceSyncMessage } from "@history-sync/sync-group";
import type { WorkerContext } from "../context/ports.js";
import { codeOf, SyncWorkerError } from "../errors.js";
import { recordKeyAudience } from "../preferences/hmac-key.js";
import { applyPreferenceUpdates } from "../preferences/preferences.js";
import { onAcknowledge } from "./on-acknowledge.js";
import { onCancel, onDecline, onReceipt } from "./on-ending.js";
import { onReply } from "./on-reply.js";
import { onRequest } from "./on-request.js";

export type MessageContext = Pick<
  WorkerContext,
  | "book"
  | "clock"
  | "history"
  | "log"
  | "requests"
  | "settings"
  | "syncGroups"
  | "updates"
>;

/** Handles one message of the sync group. A false message is skipped; an error of the store is thrown. */
export async function handleMessage(
  message: DeviceSyncMessage,
  context: MessageContext,
): Promise<void> {
  try {
    await handle(message, context);
  } catch (error) {
    const isOfMessage =
      error instanceof SyncWorkerError || error instanceof PrimitivesError;
    if (!isOfMessage) throw error;
    context.log("sync-message.refused", {
      kind: message.content.case,
      code: codeOf(error),
    });
  }
}

async function handle(
  message: DeviceSyncMessage,
  context: MessageContext,
): Promise<void> {
  const { content, own: isOwn } = message;
  switch (content.case) {
    case "acknowledge":
      return onAcknowledge(message, content.value, context);
    case "reply":
      return onReply(message, content.value, context);
    case "preferenceUpdates": {
      const { updates } = content.value;
      const hasKey = updates.some(({ update }) => update.case === "hmac");
      if (!isOwn && hasKey) await recordKeyAudience(context);
      return applyPreferenceUpdates(content.value, context);
    }
  }
  if (isOwn) return;
  switch (content.case) {
    case "request":
      return onRequest(message, content.value, context);
    case "decline":
      return onDecline(message, content.value, context);
    case "receipt":
      return onReceipt(message, content.value, context);
    case "cancel":
      return onCancel(message, content.value, context);
  }
}
