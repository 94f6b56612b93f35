import { toHex } from "@history-sync/primitives";
import {
  type ConsentSave,
  ConsentTypeSave,
  ConversationTypeSave,
  GroupMessageKindSave,
  type GroupMessageSave,
  type GroupSave,
} from "@history-sync/proto/device-sync";
import { type DisappearingSettings, expiresAtNs } from "./disappearing.js";
import type { Selection } from "./selection.js";

/** Which rows a selection takes, one by one. Counting `newestPerConversation` is left to whoever has all rows. */
export interface RowFilter {
  /** Whether anything of the conversation is wanted: it is chosen, and no sync group. */
  conversation(group: Pick<GroupSave, "id" | "conversationType">): boolean;
  /** Whether a time is in the window, a conversation's own or a message's. */
  time(timeNs: bigint): boolean;
  /** Whether a message of a wanted conversation is wanted; `isRestored` tells whether an import brought it. */
  message(
    message: Pick<GroupMessageSave, "kind" | "sentAtNs">,
    group: DisappearingSettings,
    isRestored: boolean,
  ): boolean;
  consent(record: Pick<ConsentSave, "entityType" | "entity">): boolean;
}

export function rowFilter(selection: Selection): RowFilter {
  const { nowNs, startNs, endNs, excludeDisappearingMessages } = selection;
  const chosen =
    selection.conversations && new Set<string>(selection.conversations);
  const time = (timeNs: bigint) =>
    (startNs === undefined || timeNs > startNs) &&
    (endNs === undefined || timeNs <= endNs);
  return {
    time,
    conversation: ({ id, conversationType }) =>
      conversationType !== ConversationTypeSave.SYNC &&
      (!chosen || chosen.has(toHex(id))),
    message: (message, group, isRestored) => {
      if (message.kind !== GroupMessageKindSave.APPLICATION) return false;
      if (!time(message.sentAtNs)) return false;
      const expiry = expiresAtNs(group, message);
      if (expiry === undefined) return true;
      if (excludeDisappearingMessages) return false;
      return expiry > nowNs || isRestored;
    },
    consent: ({ entityType, entity }) =>
      !chosen ||
      (entityType === ConsentTypeSave.CONVERSATION_ID && chosen.has(entity)),
  };
}
