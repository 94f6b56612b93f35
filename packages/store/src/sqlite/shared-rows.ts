import type { DatabaseSync, SQLInputValue, StatementSync } from "node:sqlite";
import { bytesKey } from "@history-sync/archive";
import { toHex } from "@history-sync/primitives";
import type { GroupMessageSave } from "@history-sync/proto/device-sync";
import { StoreError } from "../errors.js";

/**
 * Returns the row numbers of values that messages share, and inserts values that are new. Valid for one transaction.
 */
export class SharedRows {
  readonly #conversation: StatementSync;
  readonly #sender: FindOrInsert;
  readonly #contentType: FindOrInsert;
  readonly #known = new Map<string, bigint>();

  constructor(db: DatabaseSync) {
    this.#conversation = db.prepare(
      "SELECT row FROM conversations WHERE id = ?",
    );
    this.#sender = findOrInsert(db, "senders", ["installation_id", "inbox_id"]);
    this.#contentType = findOrInsert(db, "content_types", [
      "content_type",
      "authority_id",
      "version_major",
      "version_minor",
      "content_type_save",
    ]);
  }

  /** @throws {StoreError} `unknown-conversation` */
  conversation({ groupId }: GroupMessageSave): bigint {
    return this.#once(`conversation ${bytesKey(groupId)}`, () => {
      const found = this.#conversation.get(groupId);
      if (found) return found.row as bigint;
      throw new StoreError(
        "unknown-conversation",
        `a message of conversation ${toHex(groupId)} came before the conversation`,
      );
    });
  }

  sender({ senderInstallationId, senderInboxId }: GroupMessageSave): bigint {
    return this.#once(
      `sender ${senderInboxId} ${bytesKey(senderInstallationId)}`,
      () => this.#sender(senderInstallationId, senderInboxId),
    );
  }

  contentType(message: GroupMessageSave): bigint {
    const { contentType, authorityId, contentTypeSave } = message;
    const { versionMajor, versionMinor } = message;
    const numbers = `${versionMajor} ${versionMinor} ${contentTypeSave}`;
    return this.#once(
      `type ${numbers} ${contentType.length} ${contentType}${authorityId}`,
      () =>
        this.#contentType(
          contentType,
          authorityId,
          versionMajor,
          versionMinor,
          contentTypeSave,
        ),
    );
  }

  #once(key: string, find: () => bigint): bigint {
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const row = find();
    this.#known.set(key, row);
    return row;
  }
}

type FindOrInsert = (...values: readonly SQLInputValue[]) => bigint;

function findOrInsert(
  db: DatabaseSync,
  table: string,
  columns: readonly string[],
): FindOrInsert {
  const same = columns.map((column) => `${column} = ?`).join(" AND ");
  const find = db.prepare(`SELECT row FROM ${table} WHERE ${same}`);
  const insert = db.prepare(
    `INSERT INTO ${table} (${columns.join(", ")})
     VALUES (${columns.map(() => "?").join(", ")}) RETURNING row`,
  );
  return (...values) =>
    (find.get(...values) ?? insert.get(...values))?.row as bigint;
}
