import { messageColumns } from "./message-row.js";

/**
 * The newest messages of the conversations in `:conversations`, a JSON array of ids in hex. Of each conversation no more
 * than a page is read, along its index: the cross join keeps SQLite on it.
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
