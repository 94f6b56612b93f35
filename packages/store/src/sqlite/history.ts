import type { DatabaseSync } from "node:sqlite";
import type {
  ArchiveSnapshot,
  ImportPage,
  Merge,
  Merged,
  Rows,
} from "@history-sync/archive";
import {
  type GroupId,
  idBytes,
  type MessageId,
} from "@history-sync/primitives";
import type {
  ConsentSave,
  ConsentTypeSave,
  GroupMessageSave,
  GroupSave,
  HmacKeySave,
} from "@history-sync/proto/device-sync";
import { StoreError } from "../errors.js";
import {
  defaultPageLimit,
  type HistoryCounts,
  type HistoryStore,
  type MessagePage,
} from "../history-store.js";
import { transaction } from "./database.js";
import { groupRow } from "./group-row.js";
import { SqliteSnapshot } from "./history-snapshot.js";
import { HistoryTables } from "./history-tables.js";
import { messageRow } from "./message-row.js";
import { consentRow } from "./preference-rows.js";
import type { Columns, RowCodec } from "./row-codec.js";
import { createHistoryTables } from "./schema.js";

/**
 * The history in an SQLite file. Every call is one step: it is done when the call returns, before its promise resolves,
 * so that calls don't come between each other.
 */
export class SqliteHistory implements HistoryStore {
  readonly #db: DatabaseSync;
  readonly #path: string;
  readonly #tables: HistoryTables;

  /** `db` is one of `openDatabase`, on a file; else throws `no-file`. Throws `newer-schema` for one of a later version. */
  constructor(db: DatabaseSync) {
    this.#db = db;
    this.#path = pathOf(db);
    createHistoryTables(db);
    this.#tables = new HistoryTables(db);
  }

  async snapshot(): Promise<ArchiveSnapshot> {
    return new SqliteSnapshot(this.#path);
  }

  async cursor(importId: string): Promise<number> {
    const row = this.#get(
      "SELECT cursor FROM imports WHERE name = ?",
      importId,
    );
    return Number(row?.cursor ?? 0);
  }

  async mergePage(page: ImportPage, merge: Merge): Promise<Merged> {
    return transaction(this.#db, () => {
      const importRow = page.import ? this.#moveCursor(page.import) : null;
      const merged = merge(this.#tables.met(page), page);
      this.#tables.write(merged.write, importRow);
      return merged;
    });
  }

  async put(rows: Partial<Rows>): Promise<void> {
    transaction(this.#db, () => this.write(rows));
  }

  /** `put` for a caller that holds the transaction, so that history and other state are written together. */
  write(rows: Partial<Rows>): void {
    const none = { groups: [], messages: [], consent: [] };
    this.#tables.write({ ...none, ...rows }, null);
  }

  async conversations(): Promise<readonly GroupSave[]> {
    return this.#all(
      groupRow,
      `SELECT * FROM conversations WHERE conversation_type <> 3
       ORDER BY COALESCE(last_message_ns, created_at_ns) DESC, id`,
    );
  }

  async conversation(id: GroupId): Promise<GroupSave | undefined> {
    return this.#tables.groups.find(idBytes(id));
  }

  async messages(
    conversation: GroupId,
    { before, limit = defaultPageLimit }: MessagePage = {},
  ): Promise<readonly GroupMessageSave[]> {
    const position = before ? [before.sentAtNs, before.id] : [];
    return this.#all(
      messageRow,
      `SELECT * FROM messages WHERE group_id = ?
       ${before ? "AND (sent_at_ns, id) < (?, ?)" : ""}
       ORDER BY sent_at_ns DESC, id DESC LIMIT ?`,
      idBytes(conversation),
      ...position,
      Math.max(0, limit),
    );
  }

  async message(id: MessageId): Promise<GroupMessageSave | undefined> {
    return this.#tables.messages.find(idBytes(id));
  }

  async consent(
    entityType: ConsentTypeSave,
    entity: string,
  ): Promise<ConsentSave | undefined> {
    return this.#tables.consent.find(entityType, entity);
  }

  async consentRecords(): Promise<readonly ConsentSave[]> {
    return this.#all(
      consentRow,
      "SELECT * FROM consent ORDER BY entity_type, entity",
    );
  }

  async hmacKey(): Promise<HmacKeySave | undefined> {
    return this.#tables.hmacKey.find(1);
  }

  async counts(): Promise<HistoryCounts> {
    const row = this.#get(
      `SELECT
        (SELECT count(*) FROM conversations WHERE conversation_type <> 3) AS conversations,
        (SELECT count(*) FROM messages) AS messages,
        (SELECT count(*) FROM consent) AS consent`,
    );
    return {
      conversations: Number(row?.conversations),
      messages: Number(row?.messages),
      consent: Number(row?.consent),
    };
  }

  async provenance(
    row: { readonly conversation: GroupId } | { readonly message: MessageId },
  ): Promise<string | undefined> {
    const [table, id] =
      "message" in row
        ? ["messages", row.message]
        : ["conversations", row.conversation];
    const found = this.#get(
      `SELECT name FROM imports WHERE id = (SELECT import FROM ${table} WHERE id = ?)`,
      idBytes(id as GroupId | MessageId),
    );
    return found && String(found.name);
  }

  #moveCursor({ id, cursor }: NonNullable<ImportPage["import"]>): bigint {
    const row = this.#get(
      `INSERT INTO imports (name, cursor) VALUES (?, ?)
       ON CONFLICT (name) DO UPDATE SET cursor = excluded.cursor RETURNING id`,
      id,
      cursor,
    );
    return BigInt(row?.id as bigint);
  }

  #get(sql: string, ...values: readonly Value[]): Columns | undefined {
    return this.#db.prepare(sql).get(...values);
  }

  #all<Row>(
    codec: RowCodec<Row>,
    sql: string,
    ...values: readonly Value[]
  ): readonly Row[] {
    const rows = this.#db.prepare(sql).all(...values);
    return rows.map((columns) => codec.decode(columns));
  }
}

type Value = string | number | bigint | Uint8Array;

/** A snapshot is read on a second connection, which only a file can have. */
function pathOf(db: DatabaseSync): string {
  const path = db.prepare("PRAGMA database_list").get()?.file;
  if (typeof path === "string" && path !== "") return path;
  throw new StoreError(
    "no-file",
    "expected a database on a file, got one in memory",
  );
}
