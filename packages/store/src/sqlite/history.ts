import type { DatabaseSync } from "node:sqlite";
import type {
  ArchiveSnapshot,
  ImportPage,
  ImportProgress,
  ImportStep,
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
  type HistoryRow,
  type HistoryStore,
  type MessagePage,
  type Provenance,
} from "../history-store.js";
import { provenanceOf } from "../provenance.js";
import { statements, transaction } from "./database.js";
import { groupRow } from "./group-row.js";
import { SqliteSnapshot } from "./history-snapshot.js";
import { HistoryTables } from "./history-tables.js";
import { MessageReader, messageColumns, prepareArrays } from "./message-row.js";
import { consentRow } from "./preference-rows.js";
import type { Columns, RowCodec } from "./row-codec.js";
import { selectPage } from "./selection-sql.js";

/**
 * The history in an SQLite file. Every call does its work before it returns its promise, so that calls don't interleave.
 */
export class SqliteHistory implements HistoryStore {
  readonly #db: DatabaseSync;
  readonly #path: string;
  readonly #tables: HistoryTables;

  /**
   * @param db A database of `openDatabase`
   * @throws {StoreError} `no-file` when the database isn't on a file
   */
  constructor(db: DatabaseSync) {
    this.#db = db;
    this.#path = pathOf(db);
    this.#tables = new HistoryTables(db);
  }

  async snapshot(): Promise<ArchiveSnapshot> {
    return statements(() => new SqliteSnapshot(this.#path));
  }

  async progress(importId: string): Promise<ImportProgress | undefined> {
    const row = this.#get(
      "SELECT cursor, state FROM imports WHERE name = ?",
      importId,
    );
    return (
      row && {
        cursor: Number(row.cursor),
        state: (row.state as Uint8Array | null) ?? undefined,
      }
    );
  }

  async mergePage(page: ImportPage, merge: Merge): Promise<Merged> {
    return transaction(this.#db, () => {
      const merged = merge(this.#tables.localRows(page), page);
      const importRow = page.import
        ? this.#moveCursor(page.import, merged.state)
        : null;
      this.#tables.write(merged.write, importRow);
      return merged;
    });
  }

  async put(rows: Partial<Rows>): Promise<void> {
    transaction(this.#db, () => this.write(rows));
  }

  /** Does what `put` does inside a transaction of the caller, so that history and other state are written together. */
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
    return statements(() => this.#tables.groups.find(idBytes(id)));
  }

  async dmGroups(dmId: string): Promise<readonly GroupSave[]> {
    return this.#all(
      groupRow,
      `SELECT * FROM conversations WHERE dm_id = ? AND conversation_type = 2 -- DMs
       ORDER BY COALESCE(last_message_ns, created_at_ns) DESC, id`,
      dmId,
    );
  }

  async messages(
    conversations: GroupId | readonly GroupId[],
    { before, limit = defaultPageLimit }: MessagePage = {},
  ): Promise<readonly GroupMessageSave[]> {
    const statement = prepareArrays(this.#db, selectPage(before !== undefined));
    const reader = new MessageReader(this.#db);
    const parameters = {
      conversations: JSON.stringify([conversations].flat()),
      limit: Math.max(0, limit),
      ...(before && { beforeNs: before.sentAtNs, beforeId: before.id }),
    };
    return statements(() =>
      statement.all(parameters).map((row) => reader.read(row)),
    );
  }

  async unpublished(
    conversation: GroupId,
  ): Promise<readonly GroupMessageSave[]> {
    const statement = prepareArrays(
      this.#db,
      `SELECT ${messageColumns} FROM messages m
       WHERE m.conversation = (SELECT row FROM conversations WHERE id = ?)
       AND m.delivery_status = 1 -- unpublished
       ORDER BY m.sent_at_ns, m.id`,
    );
    const reader = new MessageReader(this.#db);
    return statements(() =>
      statement.all(idBytes(conversation)).map((row) => reader.read(row)),
    );
  }

  async message(id: MessageId): Promise<GroupMessageSave | undefined> {
    const [message] = statements(() =>
      this.#tables.messages.find([idBytes(id)]),
    );
    return message;
  }

  async consent(
    entityType: ConsentTypeSave,
    entity: string,
  ): Promise<ConsentSave | undefined> {
    return statements(() => this.#tables.consent.find(entityType, entity));
  }

  async consentRecords(): Promise<readonly ConsentSave[]> {
    return this.#all(
      consentRow,
      "SELECT * FROM consent ORDER BY entity_type, entity",
    );
  }

  async hmacKey(): Promise<HmacKeySave | undefined> {
    return statements(() => this.#tables.hmacKey.find(1));
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

  async provenance(row: HistoryRow): Promise<Provenance | undefined> {
    const importRow =
      "message" in row
        ? statements(() => this.#tables.messages.importOf(idBytes(row.message)))
        : this.#get(
            "SELECT import FROM conversations WHERE id = ?",
            idBytes(row.conversation),
          )?.import;
    if (typeof importRow !== "bigint") return undefined;
    const found = this.#get("SELECT * FROM imports WHERE row = ?", importRow);
    return provenanceOf({
      id: String(found?.name),
      archiveId: (found?.archive_id as Uint8Array | null) ?? undefined,
      installationId:
        (found?.installation_id as Uint8Array | null) ?? undefined,
    });
  }

  #moveCursor(step: ImportStep, state: Uint8Array | undefined): bigint {
    const row = this.#get(
      `INSERT INTO imports (name, cursor, state, archive_id, installation_id) VALUES (?, ?, ?, ?, ?)
       ON CONFLICT (name) DO UPDATE SET
         cursor = excluded.cursor,
         state = COALESCE(excluded.state, state),
         archive_id = COALESCE(excluded.archive_id, archive_id),
         installation_id = COALESCE(excluded.installation_id, installation_id)
       RETURNING row`,
      step.id,
      step.cursor,
      state ?? null,
      step.archiveId ?? null,
      step.installationId ?? null,
    );
    return row?.row as bigint;
  }

  #get(sql: string, ...values: readonly Value[]): Columns | undefined {
    return statements(() => this.#db.prepare(sql).get(...values));
  }

  #all<Row>(
    codec: RowCodec<Row>,
    sql: string,
    ...values: readonly Value[]
  ): readonly Row[] {
    const rows = statements(() => this.#db.prepare(sql).all(...values));
    return rows.map((columns) => codec.decode(columns));
  }
}

type Value = string | number | bigint | Uint8Array | null;

/** Returns the path of a database's file. A snapshot needs a second connection, which only a file can have. */
function pathOf(db: DatabaseSync): string {
  const path = db.prepare("PRAGMA database_list").get()?.file;
  if (typeof path === "string" && path !== "") return path;
  throw new StoreError(
    "no-file",
    "expected a database on a file, got one in memory",
  );
}
