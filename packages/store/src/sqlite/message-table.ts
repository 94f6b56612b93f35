import type { DatabaseSync, SQLInputValue, StatementSync } from "node:sqlite";
import {
  type GroupMessageSave,
  GroupMessageSaveSchema,
} from "@history-sync/proto/device-sync";
import { IdHash } from "./id-hash.js";
import { MessageReader, messageColumns, prepareArrays } from "./message-row.js";
import { encodeUnknown } from "./row-codec.js";
import { SharedRows } from "./shared-rows.js";

/** In the order of `valuesOf`; those of a message that may change. */
const columns = [
  "conversation",
  "sender",
  "content_type",
  "sent_at_ns",
  "kind",
  "delivery_status",
  "decrypted_message_bytes",
  "reference_id",
  "sequence_id",
  "originator_id",
  "unknown",
  "should_push",
] as const;

function valuesOf(
  message: GroupMessageSave,
  shared: SharedRows,
): SQLInputValue[] {
  return [
    shared.conversation(message),
    shared.sender(message),
    shared.contentType(message),
    message.sentAtNs,
    message.kind,
    message.deliveryStatus,
    message.decryptedMessageBytes,
    message.referenceId ?? null,
    message.sequenceId ?? null,
    message.originatorId ?? null,
    encodeUnknown(GroupMessageSaveSchema, message),
    message.shouldPush === undefined ? null : BigInt(message.shouldPush),
  ];
}

/** Messages, found and written by their ids. Whoever writes holds the transaction: nothing else keeps ids unique. */
export class MessageTable {
  readonly #db: DatabaseSync;
  readonly #idHash: IdHash;
  readonly #find: StatementSync;
  readonly #origin: StatementSync;
  readonly #insert: StatementSync;
  readonly #update: StatementSync;

  constructor(db: DatabaseSync) {
    const byId = "messages m WHERE m.id_hash = ? AND m.id = ?";
    this.#db = db;
    this.#idHash = new IdHash(db);
    this.#find = prepareArrays(db, `SELECT ${messageColumns} FROM ${byId}`);
    this.#origin = db.prepare(`SELECT m.row, m.import FROM ${byId}`);
    this.#insert = db.prepare(
      `INSERT INTO messages (${columns.join(", ")}, id, id_hash, import)
       VALUES (${columns.map(() => "?").join(", ")}, ?, ?, ?)`,
    );
    this.#update = db.prepare(
      `UPDATE messages SET ${columns.map((column) => `${column} = ?`).join(", ")}
       WHERE row = ?`,
    );
  }

  find(ids: readonly Uint8Array[]): readonly GroupMessageSave[] {
    const reader = new MessageReader(this.#db);
    return ids.flatMap((id) => {
      const row = this.#find.get(this.#idHash.of(id), id);
      return row ? reader.read(row) : [];
    });
  }

  /** The number of the import that brought a message; null for one of this installation, undefined for none. */
  importOf(id: Uint8Array): bigint | null | undefined {
    const row = this.#origin.get(this.#idHash.of(id), id);
    return row?.import as bigint | null | undefined;
  }

  /** Writes over what is there; a message stays of the import that brought it first. */
  write(messages: readonly GroupMessageSave[], importRow: bigint | null): void {
    const shared = new SharedRows(this.#db);
    for (const message of messages) {
      const { id } = message;
      const values = valuesOf(message, shared);
      const hash = this.#idHash.of(id);
      const known = this.#origin.get(hash, id);
      if (known) this.#update.run(...values, known.row as bigint);
      else this.#insert.run(...values, id, hash, importRow);
    }
  }
}
