import type { MessageOrder, Selection } from "@history-sync/archive";
import { clampToInt64, type TimeWindow, windowOf } from "../window.js";
import { messageColumns } from "./message-row.js";

/** A selection as parameters of the statements in this file. */
export type SelectionParameters = TimeWindow & {
  readonly now: bigint;
  readonly exclude: number;
  /** A JSON array of ids in hex, or null for all. */
  readonly conversations: string | null;
  /** 0 if no messages are selected, else 1. */
  readonly any: number;
};

export function parametersOf(selection: Selection): SelectionParameters {
  const { nowNs, conversations } = selection;
  return {
    ...windowOf(selection),
    now: clampToInt64(nowNs),
    exclude: selection.excludeDisappearingMessages ? 1 : 0,
    conversations: conversations ? JSON.stringify(conversations) : null,
    any: selection.newestPerConversation === 0 ? 0 : 1,
  };
}

const isChosen = `
  c.conversation_type <> 3 -- sync groups
  AND (
    :conversations IS NULL
    OR c.id IN (SELECT unhex(value) FROM json_each(:conversations))
  )`;

const isSelected = `
  m.sent_at_ns BETWEEN :first AND :last
  AND m.kind = 1 -- application messages
  AND (
    c.message_disappear_from_ns > 0
    AND c.message_disappear_in_ns > 0
    AND m.sent_at_ns > c.message_disappear_from_ns
    AND (
      :exclude
      OR m.import IS NULL -- a restored message stays
        AND m.sent_at_ns + c.message_disappear_in_ns <= :now
    )
  ) IS NOT TRUE`;

export const selectGroups: string = `
  SELECT c.* FROM conversations c
  WHERE ${isChosen}
  AND (
    c.created_at_ns BETWEEN :first AND :last
    OR :any AND EXISTS (
      SELECT 1 FROM messages m WHERE m.conversation = c.row AND ${isSelected}
    )
  )
  ORDER BY c.id`;

export const selectChosen: string = `SELECT c.row FROM conversations c WHERE ${isChosen}`;

/** Selects the message of a conversation that follows the `:skip` newest selected ones. */
export const selectNthNewest: string = `
  SELECT m.sent_at_ns, m.id FROM messages m CROSS JOIN conversations c ON c.row = m.conversation
  WHERE m.conversation = :conversation AND ${isSelected}
  ORDER BY m.sent_at_ns DESC, m.id DESC LIMIT 1 OFFSET :skip`;

/**
 * Selects messages along the index of times. Cross joins keep SQLite on that index, whatever its statistics say.
 * `chosen` is a table of the chosen conversations with the oldest selected message of each.
 */
export function selectMessages(
  order: MessageOrder,
  chosen: string | undefined,
): string {
  const direction = order === "oldest-first" ? "ASC" : "DESC";
  return `
    SELECT ${messageColumns} FROM messages m
    ${chosen ? `CROSS JOIN ${chosen} w ON w.conversation = m.conversation` : ""}
    CROSS JOIN conversations c ON c.row = m.conversation
    WHERE c.conversation_type <> 3 -- sync groups
    AND ${isSelected}
    ${chosen ? "AND (m.sent_at_ns, m.id) >= (w.oldest_ns, w.oldest_id)" : ""}
    ORDER BY m.sent_at_ns ${direction}, m.id ${direction}`;
}

export const selectConsent: string = `
  SELECT * FROM consent
  WHERE :conversations IS NULL
  OR entity_type = 1 AND entity IN (SELECT value FROM json_each(:conversations))
  ORDER BY entity_type, entity`;

/**
 * Selects the newest messages of the conversations in `:conversations`, a JSON array of ids in hex. It reads at most a
 * page of each conversation, along its index: the cross join keeps SQLite on it.
 */
export function selectPage(isBefore: boolean): string {
  return `
    SELECT ${messageColumns} FROM conversations c CROSS JOIN messages m
    WHERE c.id IN (SELECT unhex(value) FROM json_each(:conversations))
    AND m.row IN (
      SELECT n.row FROM messages n WHERE n.conversation = c.row
      ${isBefore ? "AND (n.sent_at_ns, n.id) < (:beforeNs, :beforeId)" : ""}
      ORDER BY n.sent_at_ns DESC, n.id DESC LIMIT :limit
    )
    ORDER BY m.sent_at_ns DESC, m.id DESC LIMIT :limit`;
}
