import { bytesKey, type ImportStep, type Rows } from "@history-sync/archive";
import { toHex } from "@history-sync/primitives";
import type {
  ConsentSave,
  GroupMessageSave,
  GroupSave,
  HmacKeySave,
} from "@history-sync/proto/device-sync";
import { unwrap } from "idb";
import { StoreError } from "../errors.js";
import { resultsOf, type WriteTransaction } from "./database.js";
import { ownBytes } from "./keys.js";
import type { Overwritten } from "./overwritten.js";
import {
  consentOf,
  consentRecord,
  conversationRecord,
  groupOf,
  hmacKeyOf,
  hmacKeyRecord,
  messageOf,
  messageRecord,
  type Origin,
} from "./rows.js";
import {
  type ConsentRecord,
  type ConversationRecord,
  type HistoryRecord,
  type MessageRecord,
  onlyKey,
} from "./schema.js";

export const historyStores = [
  "conversations",
  "messages",
  "consent",
  "hmac_key",
  "imports",
  "writes",
] as const;

type HistoryTransaction = WriteTransaction<(typeof historyStores)[number]>;

/**
 * Reads and writes the history's rows in one transaction. Every step sends all its requests at once, and doesn't wait
 * for writes: a write that fails aborts the transaction.
 */
export class HistoryWriter {
  readonly #tx: HistoryTransaction;
  readonly #conversationStore: IDBObjectStore;
  readonly #messageStore: IDBObjectStore;
  readonly #messageIndex: IDBIndex;
  readonly #consentStore: IDBObjectStore;
  readonly #hmacKeyStore: IDBObjectStore;
  readonly #overwritten: Overwritten;
  /** The number of the transaction. */
  readonly #written: number;
  // The records in the database, as far as they were read.
  readonly #conversations = new Map<string, ConversationRecord | undefined>();
  readonly #messages = new Map<string, MessageRecord | undefined>();
  readonly #consent = new Map<string, ConsentRecord | undefined>();
  #hmacKey: HistoryRecord | undefined;

  private constructor(
    tx: HistoryTransaction,
    overwritten: Overwritten,
    written: number,
    hmacKey: HistoryRecord | undefined,
  ) {
    this.#tx = tx;
    this.#conversationStore = unwrap(tx.objectStore("conversations"));
    this.#messageStore = unwrap(tx.objectStore("messages"));
    this.#messageIndex = this.#messageStore.index("id");
    this.#consentStore = unwrap(tx.objectStore("consent"));
    this.#hmacKeyStore = unwrap(tx.objectStore("hmac_key"));
    this.#overwritten = overwritten;
    this.#written = written;
    this.#hmacKey = hmacKey;
  }

  static async begin(
    tx: HistoryTransaction,
    overwritten: Overwritten,
  ): Promise<HistoryWriter> {
    const writes = tx.objectStore("writes");
    const [before = 0, hmacKey] = await Promise.all([
      writes.get(onlyKey),
      tx.objectStore("hmac_key").get(onlyKey),
    ]);
    await writes.put(before + 1, onlyKey);
    return new HistoryWriter(tx, overwritten, before + 1, hmacKey);
  }

  /** Returns the local rows with the keys of a page's rows, and the conversations of its messages. */
  async localRows(page: Rows): Promise<Rows> {
    await this.#look(page);
    return {
      groups: found(this.#conversations, groupOf),
      messages: found(this.#messages, messageOf),
      consent: found(this.#consent, consentOf),
      hmacKey: this.#hmacKey && hmacKeyOf(this.#hmacKey),
    };
  }

  /** Moves an import's cursor and returns the number of the import. */
  async moveCursor(
    step: ImportStep,
    state: Uint8Array | undefined,
  ): Promise<number> {
    const imports = this.#tx.objectStore("imports");
    const { archiveId, installationId } = step;
    return imports.put({
      ...(await imports.index("name").get(step.id)),
      name: step.id,
      cursor: step.cursor,
      ...(state && { state: ownBytes(state) }),
      ...(archiveId && { archiveId: ownBytes(archiveId) }),
      ...(installationId && { installationId: ownBytes(installationId) }),
    });
  }

  /**
   * Inserts or replaces rows. `importNumber` is the import that brings them.
   *
   * @throws {StoreError} `unknown-conversation`
   */
  async write(rows: Rows, importNumber?: number): Promise<void> {
    await this.#look(rows);
    this.#checkConversations(rows);
    for (const row of rows.groups) this.#writeGroup(row, importNumber);
    for (const row of rows.messages) this.#writeMessage(row, importNumber);
    for (const row of rows.consent) this.#writeConsent(row);
    if (rows.hmacKey) this.#writeHmacKey(rows.hmacKey);
  }

  /** Reads the records with the keys of these rows, unless they were read before. */
  async #look(rows: Rows): Promise<void> {
    const groupIds = [
      ...rows.groups.map(({ id }) => id),
      ...rows.messages.map(({ groupId }) => groupId),
    ];
    await Promise.all([
      lookAll(this.#conversations, groupIds, bytesKey, (id) =>
        this.#conversationStore.get(ownBytes(id)),
      ),
      lookAll(this.#messages, rows.messages, idKey, ({ id }) =>
        this.#messageIndex.get(ownBytes(id)),
      ),
      lookAll(this.#consent, rows.consent, consentKey, (row) =>
        this.#consentStore.get([row.entityType, row.entity]),
      ),
    ]);
  }

  #checkConversations({ groups, messages }: Rows): void {
    const coming = new Set(groups.map(idKey));
    for (const { groupId } of messages) {
      const key = bytesKey(groupId);
      if (coming.has(key) || this.#conversations.get(key)) continue;
      throw new StoreError(
        "unknown-conversation",
        `a message of conversation ${toHex(groupId)} came before the conversation`,
      );
    }
  }

  #writeGroup(group: GroupSave, importNumber?: number): void {
    const old = this.#conversations.get(idKey(group));
    if (old) this.#overwritten.keep("conversations", old, this.#written);
    const record = conversationRecord(group, this.#origin(old, importNumber));
    this.#conversations.set(idKey(group), record);
    this.#conversationStore.put(record);
  }

  #writeMessage(message: GroupMessageSave, importNumber?: number): void {
    const old = this.#messages.get(idKey(message));
    const record = messageRecord(message, this.#origin(old, importNumber));
    this.#messages.set(idKey(message), record);
    if (old) {
      this.#overwritten.keep("messages", old, this.#written);
      const hasMoved = indexedDB.cmp(old.position, record.position) !== 0;
      if (hasMoved) this.#messageStore.delete(old.position);
    }
    this.#messageStore.put(record);
  }

  #writeConsent(consent: ConsentSave): void {
    const old = this.#consent.get(consentKey(consent));
    if (old) this.#overwritten.keep("consent", old, this.#written);
    const record = consentRecord(consent, this.#written);
    this.#consent.set(consentKey(consent), record);
    this.#consentStore.put(record);
  }

  #writeHmacKey(hmacKey: HmacKeySave): void {
    const old = this.#hmacKey;
    if (old) this.#overwritten.keep("hmac_key", old, this.#written);
    this.#hmacKey = hmacKeyRecord(hmacKey, this.#written);
    this.#hmacKeyStore.put(this.#hmacKey, onlyKey);
  }

  /** A conversation or a message keeps its first origin. */
  #origin(
    old: { readonly import?: number } | undefined,
    importNumber: number | undefined,
  ): Origin {
    const number = old ? old.import : importNumber;
    return {
      written: this.#written,
      ...(number !== undefined && { import: number }),
    };
  }
}

function idKey({ id }: { readonly id: Uint8Array }): string {
  return bytesKey(id);
}

function consentKey({
  entityType,
  entity,
}: Pick<ConsentSave, "entityType" | "entity">): string {
  return `${entityType}:${entity}`;
}

async function lookAll<Row, Record>(
  known: Map<string, Record | undefined>,
  rows: readonly Row[],
  keyOf: (row: Row) => string,
  get: (row: Row) => IDBRequest<Record | undefined>,
): Promise<void> {
  const missing = new Map<string, Row>();
  for (const row of rows) {
    const key = keyOf(row);
    if (!known.has(key)) missing.set(key, row);
  }
  const records = await resultsOf([...missing.values()].map(get));
  for (const [n, key] of [...missing.keys()].entries()) {
    known.set(key, records[n]);
  }
}

function found<Record, Row>(
  records: ReadonlyMap<string, Record | undefined>,
  decode: (record: Record) => Row,
): readonly Row[] {
  return [...records.values()].flatMap((record) =>
    record === undefined ? [] : [decode(record)],
  );
}
