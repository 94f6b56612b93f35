import { mapConcurrently } from "@history-sync/async";
import { HistorySyncError } from "@history-sync/primitives";
import type { ConversationContext } from "./context.js";
import type { Conversation } from "./conversation.js";

/** The numbers of conversations that could be and were synced. The next sync tries failed ones again. */
export interface SyncSummary {
  readonly eligible: number;
  readonly synced: number;
}

const atATime = 10;

/** Syncs the active conversations. */
export async function syncAll(
  conversations: readonly Conversation[],
  { log }: Pick<ConversationContext, "log">,
): Promise<SyncSummary> {
  const active = conversations.filter((one) => one.isActive());
  const outcomes = await mapConcurrently(active, atATime, async (one) => {
    try {
      await one.sync();
      return 1;
    } catch (error) {
      if (!(error instanceof HistorySyncError)) throw error;
      log("conversation.not-synced", { group: one.id, code: error.code });
      return 0;
    }
  });
  const synced = outcomes.filter((synced) => synced > 0).length;
  return { eligible: active.length, synced };
}
