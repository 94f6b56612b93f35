import { type GroupId, idBytes } from "@history-sync/primitives";
import type { HistoryStore } from "@history-sync/store";
import { type Message, messageOf } from "./message.js";

/** The page of messages to return. */
export interface MessagesOptions {
  /** Default: 100. */
  readonly limit?: number;
  /** Only messages before this one, such as the last one of the previous page. */
  readonly before?: Pick<Message, "id" | "sentAtNs">;
}

/** Returns a page of the messages of these groups, newest first. */
export async function messagePage(
  groupIds: readonly GroupId[],
  { before, limit }: MessagesOptions,
  history: HistoryStore,
): Promise<readonly Message[]> {
  const rows = await history.messages(groupIds, {
    ...(limit === undefined ? {} : { limit }),
    ...(before && {
      before: { id: idBytes(before.id), sentAtNs: before.sentAtNs },
    }),
  });
  return rows.map(messageOf);
}
