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

/**
 * Decides for each row whether a selection includes it. `newestPerConversation` is up to the caller, which has all
 * rows.
 */
export interface RowFilter {
  /** Returns true for a chosen conversation that isn't a sync group. */
  conversation(group: Pick<GroupSave, "id" | "conversationType">): boolean;
  /** Returns true if a time is in the window: of a conversation or a message. */
  time(timeNs: bigint): boolean;
  /**
   * Returns true if a message of an included conversation is included. `isRestored` is true if an import brought it.
   */
  message(
    message: Pick<GroupMessageSave, "kind" | "sentAtNs">,
    group: DisappearingSettings,
    isRestored: boolean,
  ): boolean;
  consent(record: Pick<ConsentSave, "entityType" | "entity">): boolean;
}

/** Returns the filter of a selection, for adapters that filter rows in memory. */
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
