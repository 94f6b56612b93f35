import type { DatabaseSync } from "node:sqlite";
import { create } from "@bufbuild/protobuf";
import { bytesKey, type Rows } from "@history-sync/archive";
import {
  type ConsentSave,
  ConsentSaveSchema,
  type GroupSave,
  GroupSaveSchema,
  type HmacKeySave,
  HmacKeySaveSchema,
} from "@history-sync/proto/device-sync";
import { groupRow } from "./group-row.js";
import { MessageTable } from "./message-table.js";
import { consentRow, hmacKeyRow } from "./preference-rows.js";
import { Table } from "./table.js";

/** Finds and writes the history's rows one by one. Callers that write hold the transaction. */
export class HistoryTables {
  readonly groups: Table<GroupSave>;
  readonly messages: MessageTable;
  readonly consent: Table<ConsentSave>;
  readonly hmacKey: Table<HmacKeySave>;

  constructor(db: DatabaseSync) {
    // A conversation or a message keeps its first origin; a preference gets that of the record that won.
    this.groups = new Table(db, "conversations", groupRow, {
      sample: create(GroupSaveSchema),
      key: ["id"],
      keepsImport: true,
    });
    this.messages = new MessageTable(db);
    this.consent = new Table(db, "consent", consentRow, {
      sample: create(ConsentSaveSchema),
      key: ["entity_type", "entity"],
      keepsImport: false,
    });
    this.hmacKey = new Table(db, "hmac_key", hmacKeyRow, {
      sample: create(HmacKeySaveSchema),
      key: ["one"],
      keepsImport: false,
    });
  }

  /** Returns the local rows with the keys of a page's rows, and the conversations of its messages. */
  localRows(page: Rows): Rows {
    const groupIds = new Map<string, Uint8Array>();
    for (const { id } of page.groups) groupIds.set(bytesKey(id), id);
    for (const { groupId } of page.messages) {
      groupIds.set(bytesKey(groupId), groupId);
    }
    return {
      groups: found([...groupIds.values()].map((id) => this.groups.find(id))),
      messages: this.messages.find(page.messages.map(({ id }) => id)),
      consent: found(
        page.consent.map(({ entityType, entity }) =>
          this.consent.find(entityType, entity),
        ),
      ),
      hmacKey: this.hmacKey.find(1),
    };
  }

  write(rows: Rows, importRow: bigint | null): void {
    for (const group of rows.groups) this.groups.write(group, importRow);
    this.messages.write(rows.messages, importRow);
    for (const consent of rows.consent) this.consent.write(consent, importRow);
    if (rows.hmacKey) this.hmacKey.write(rows.hmacKey, importRow);
  }
}

function found<Row>(rows: readonly (Row | undefined)[]): readonly Row[] {
  return rows.filter((row) => row !== undefined);
}
