import { bytesKey, type ImportStep, type Rows } from "@history-sync/archive";
import { toHex } from "@history-sync/primitives";
import type {
  ConsentSave,
  GroupMessageSave,
  GroupSave,
  HmacKeySave,
} from "@history-sync/proto/device-sync";
import { StoreError } from "../errors.js";
import type { WriteTransaction } from "./database.js";
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
 * The history's rows in one transaction. Every step sends all its requests before it waits for the first: a request by
 * itself takes as long as a whole batch of them.
 */
export class HistoryWriter {
  readonly #tx: HistoryTransaction;
  readonly #overwritten: Overwritten;
  /** The transaction's number. */
  readonly #written: number;
  // What stands in the database, as far as it was looked for.
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

  /** The local rows with the keys of a page's rows, and the conversations of its messages. */
  async met(page: Rows): Promise<Rows> {
    await this.#look(page);
    return {
      groups: found(this.#conversations, groupOf),
      messages: found(this.#messages, messageOf),
      consent: found(this.#consent, consentOf),
      hmacKey: this.#hmacKey && hmacKeyOf(this.#hmacKey),
    };
  }

  /** Moves an import's cursor, and gives the number of the import. */
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

  /** Writes rows over what is there; `importNumber` is the import that brings them. Throws `unknown-conversation`. */
  async write(rows: Rows, importNumber?: number): Promise<void> {
    await this.#look(rows);
    this.#checkConversations(rows);
    const writes = [
      ...rows.groups.map((row) => this.#writeGroup(row, importNumber)),
      ...rows.messages.flatMap((row) => this.#writeMessage(row, importNumber)),
      ...rows.consent.map((row) => this.#writeConsent(row)),
      ...(rows.hmacKey ? [this.#writeHmacKey(rows.hmacKey)] : []),
    ];
    await Promise.all(writes);
  }

  /** Looks for the records that rows meet, where it hasn't yet. */
  async #look(rows: Rows): Promise<void> {
    const conversations = this.#tx.objectStore("conversations");
    const messages = this.#tx.objectStore("messages").index("id");
    const consent = this.#tx.objectStore("consent");
    const groupIds = [
      ...rows.groups.map(({ id }) => id),
      ...rows.messages.map(({ groupId }) => groupId),
    ];
    await Promise.all([
      lookAll(this.#conversations, groupIds, bytesKey, (id) =>
        conversations.get(ownBytes(id)),
      ),
      lookAll(this.#messages, rows.messages, idKey, ({ id }) =>
        messages.get(ownBytes(id)),
      ),
      lookAll(this.#consent, rows.consent, consentKey, (row) =>
        consent.get([row.entityType, row.entity]),
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

  #writeGroup(group: GroupSave, importNumber?: number): Promise<unknown> {
    const old = this.#conversations.get(idKey(group));
    if (old) this.#overwritten.keep("conversations", old, this.#written);
    const record = conversationRecord(group, this.#origin(old, importNumber));
    this.#conversations.set(idKey(group), record);
    return this.#tx.objectStore("conversations").put(record);
  }

  #writeMessage(
    message: GroupMessageSave,
    importNumber?: number,
  ): Promise<unknown>[] {
    const messages = this.#tx.objectStore("messages");
    const old = this.#messages.get(idKey(message));
    const record = messageRecord(message, this.#origin(old, importNumber));
    this.#messages.set(idKey(message), record);
    const put = () => messages.put(record);
    if (!old) return [put()];
    this.#overwritten.keep("messages", old, this.#written);
    const hasMoved = indexedDB.cmp(old.position, record.position) !== 0;
    return hasMoved ? [messages.delete(old.position), put()] : [put()];
  }

  #writeConsent(consent: ConsentSave): Promise<unknown> {
    const old = this.#consent.get(consentKey(consent));
    if (old) this.#overwritten.keep("consent", old, this.#written);
    const record = consentRecord(consent, this.#written);
    this.#consent.set(consentKey(consent), record);
    return this.#tx.objectStore("consent").put(record);
  }

  #writeHmacKey(hmacKey: HmacKeySave): Promise<unknown> {
    const old = this.#hmacKey;
    if (old) this.#overwritten.keep("hmac_key", old, this.#written);
    this.#hmacKey = hmacKeyRecord(hmacKey, this.#written);
    return this.#tx.objectStore("hmac_key").put(this.#hmacKey, onlyKey);
  }

  /** A conversation or a message comes from where it came from first. */
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
  get: (row: Row) => Promise<Record | undefined>,
): Promise<void> {
  const missing = new Map<string, Row>();
  for (const row of rows) {
    const key = keyOf(row);
    if (!known.has(key)) missing.set(key, row);
  }
  const looks = [...missing].map(async ([key, row]) => {
    known.set(key, await get(row));
  });
  await Promise.all(looks);
}

function found<Record, Row>(
  records: ReadonlyMap<string, Record | undefined>,
  decode: (record: Record) => Row,
): readonly Row[] {
  return [...records.values()].flatMap((record) =>
    record === undefined ? [] : [decode(record)],
  );
}
