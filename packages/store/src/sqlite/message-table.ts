import type { DatabaseSync, SQLInputValue, StatementSync } from "node:sqlite";
import { systemRandomBytes } from "@history-sync/primitives";
import {
  type GroupMessageSave,
  GroupMessageSaveSchema,
} from "@history-sync/proto/device-sync";
import { MessageReader, messageColumns, prepareArrays } from "./message-row.js";
import { encodeUnknown } from "./row-codec.js";
import { SharedRows } from "./shared-rows.js";

/** The columns of a message that may change, in the order of `valuesOf`. */
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

/** Finds and writes messages by their ids. Callers that write hold the transaction: nothing else keeps ids unique. */
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

  /**
   * Returns the number of the import that brought a message; null for a message of this installation, undefined for
   * none.
   */
  importOf(id: Uint8Array): bigint | null | undefined {
    const row = this.#origin.get(this.#idHash.of(id), id);
    return row?.import as bigint | null | undefined;
  }

  /** Inserts messages or replaces their values. A message keeps its first origin. */
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

const prime = 2 ** 31 - 1;
const idBytes = 32;
const factors = idBytes / 2;

/**
 * Hashes message ids to numbers below 2^31. Its key is random and the database's own, so that a hostile archive can't
 * choose many ids with one hash. (Multilinear hashing modulo a prime: two ids have the same hash with a probability of
 * 1 in 2^31.) Ids of another length than 32 bytes are found too, but slower.
 */
class IdHash {
  readonly #factors: readonly number[];

  /** Creates the database's key if there is none yet. */
  constructor(db: DatabaseSync) {
    db.prepare(
      "INSERT OR IGNORE INTO id_hash_key (one, key) VALUES (1, ?)",
    ).run(systemRandomBytes(4 * factors));
    const key = db.prepare("SELECT key FROM id_hash_key").get()
      ?.key as Uint8Array;
    const view = new DataView(key.buffer, key.byteOffset, key.byteLength);
    this.#factors = Array.from(
      { length: factors },
      (_, i) => view.getUint32(4 * i) % prime,
    );
  }

  of(id: Uint8Array): number {
    let sum = 0;
    for (const [i, factor] of this.#factors.entries()) {
      const pair = (id[2 * i] ?? 0) * 256 + (id[2 * i + 1] ?? 0);
      sum += factor * pair; // at most 16 times 2^47: exact
    }
    return sum % prime;
  }
}
