import type { DatabaseSync } from "node:sqlite";
import { create } from "@bufbuild/protobuf";
import type { Rows } from "@history-sync/archive";
import { toHex } from "@history-sync/primitives";
import {
  type ConsentSave,
  ConsentSaveSchema,
  type GroupMessageSave,
  GroupMessageSaveSchema,
  type GroupSave,
  GroupSaveSchema,
  type HmacKeySave,
  HmacKeySaveSchema,
} from "@history-sync/proto/device-sync";
import { StoreError } from "../errors.js";
import { groupRow } from "./group-row.js";
import { messageRow } from "./message-row.js";
import { consentRow, hmacKeyRow } from "./preference-rows.js";
import { Table } from "./table.js";

/** The history's rows, found and written one by one. Whoever writes holds the transaction. */
export class HistoryTables {
  readonly groups: Table<GroupSave>;
  readonly messages: Table<GroupMessageSave>;
  readonly consent: Table<ConsentSave>;
  readonly hmacKey: Table<HmacKeySave>;

  constructor(db: DatabaseSync) {
    // A conversation or a message comes from where it came from first; a preference from whoever won.
    this.groups = new Table(db, "conversations", groupRow, {
      sample: create(GroupSaveSchema),
      key: ["id"],
      keepsImport: true,
    });
    this.messages = new Table(db, "messages", messageRow, {
      sample: create(GroupMessageSaveSchema),
      key: ["id"],
      keepsImport: true,
    });
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

  /** The local rows with the keys of a page's rows, and the conversations of its messages. */
  met(page: Rows): Rows {
    const groupIds = new Map<string, Uint8Array>();
    for (const { id } of page.groups) groupIds.set(toHex(id), id);
    for (const { groupId } of page.messages) {
      groupIds.set(toHex(groupId), groupId);
    }
    return {
      groups: found([...groupIds.values()].map((id) => this.groups.find(id))),
      messages: found(page.messages.map(({ id }) => this.messages.find(id))),
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
    for (const message of rows.messages) {
      this.#writeMessage(message, importRow);
    }
    for (const consent of rows.consent) this.consent.write(consent, importRow);
    if (rows.hmacKey) this.hmacKey.write(rows.hmacKey, importRow);
  }

  #writeMessage(message: GroupMessageSave, importRow: bigint | null): void {
    try {
      this.messages.write(message, importRow);
    } catch (cause) {
      if (!isForeignKeyError(cause)) throw cause;
      throw new StoreError(
        "unknown-conversation",
        `a message of conversation ${toHex(message.groupId)} came before the conversation`,
        { cause },
      );
    }
  }
}

function found<Row>(rows: readonly (Row | undefined)[]): readonly Row[] {
  return rows.filter((row) => row !== undefined);
}

// https://www.sqlite.org/rescode.html#constraint_foreignkey
const foreignKeyError = 787;

function isForeignKeyError(error: unknown): boolean {
  return (
    error instanceof Error &&
    "errcode" in error &&
    error.errcode === foreignKeyError
  );
}
