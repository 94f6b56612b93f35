import type { DatabaseSync, SQLOutputValue, StatementSync } from "node:sqlite";
import {
  type GroupMessageSave,
  GroupMessageSaveSchema,
} from "@history-sync/proto/device-sync";
import { withUnknown } from "./row-codec.js";

/** The columns of `messages m` that `MessageReader` reads. */
export const messageColumns = `
  m.id, m.conversation, m.sender, m.content_type, m.sent_at_ns, m.kind, m.delivery_status, m.decrypted_message_bytes,
  m.reference_id, m.sequence_id, m.originator_id, m.unknown, m.should_push`;

type MessageColumns = [
  id: Uint8Array,
  conversation: bigint,
  sender: bigint,
  contentType: bigint,
  sentAtNs: bigint,
  kind: bigint,
  deliveryStatus: bigint,
  body: Uint8Array,
  referenceId: Uint8Array | null,
  sequenceId: bigint | null,
  originatorId: bigint | null,
  unknown: Uint8Array<ArrayBuffer> | null,
  shouldPush: bigint | null,
];

// The messages of a page share far fewer values; this bounds the memory that a hostile archive can take.
const maxShared = 10_000;

/**
 * Decodes rows of messages. Values that many messages share are read once, so a reader is valid for one view of the
 * database.
 */
export class MessageReader {
  readonly #conversations: Shared<Uint8Array>;
  readonly #senders: Shared<Sender>;
  readonly #contentTypes: Shared<ContentType>;

  constructor(db: DatabaseSync) {
    const one = (columns: string, table: string) =>
      db.prepare(`SELECT ${columns} FROM ${table} WHERE row = ?`);
    this.#conversations = new Shared(
      one("id", "conversations"),
      ({ id }) => id as Uint8Array,
    );
    this.#senders = new Shared(
      one("installation_id, inbox_id", "senders"),
      (sender) => ({
        senderInstallationId: sender.installation_id as Uint8Array,
        senderInboxId: sender.inbox_id as string,
      }),
    );
    this.#contentTypes = new Shared(
      one("*", "content_types"),
      (contentType) => ({
        contentType: contentType.content_type as string,
        authorityId: contentType.authority_id as string,
        versionMajor: Number(contentType.version_major),
        versionMinor: Number(contentType.version_minor),
        contentTypeSave: Number(contentType.content_type_save),
      }),
    );
  }

  /** Decodes a row of `messageColumns`, which is an array. */
  read(columns: unknown): GroupMessageSave {
    const values = columns as MessageColumns;
    const [id, conversation, sender, contentType, sentAtNs, kind] = values;
    const { 6: deliveryStatus, 7: decryptedMessageBytes } = values;
    const { 8: referenceId, 9: sequenceId, 10: originatorId } = values;
    const { 11: unknown, 12: shouldPush } = values;
    const message: GroupMessageSave = {
      $typeName: GroupMessageSaveSchema.typeName,
      id,
      groupId: this.#conversations.get(conversation),
      decryptedMessageBytes,
      sentAtNs,
      kind: Number(kind),
      deliveryStatus: Number(deliveryStatus),
      ...this.#senders.get(sender),
      ...this.#contentTypes.get(contentType),
    };
    if (referenceId !== null) message.referenceId = referenceId;
    if (sequenceId !== null) message.sequenceId = sequenceId;
    if (originatorId !== null) message.originatorId = originatorId;
    if (shouldPush !== null) message.shouldPush = shouldPush === 1n;
    return withUnknown(GroupMessageSaveSchema, message, unknown);
  }
}

/** Prepares a statement that returns rows as arrays, which cost less than objects. */
export function prepareArrays(db: DatabaseSync, sql: string): StatementSync {
  const statement = db.prepare(sql);
  statement.setReturnArrays(true);
  return statement;
}

type Sender = Pick<GroupMessageSave, "senderInstallationId" | "senderInboxId">;
type ContentType = Pick<
  GroupMessageSave,
  | "contentType"
  | "authorityId"
  | "versionMajor"
  | "versionMinor"
  | "contentTypeSave"
>;

/** Caches values by the number of their row. */
class Shared<Value> {
  readonly #find: StatementSync;
  readonly #decode: (columns: Record<string, SQLOutputValue>) => Value;
  readonly #values = new Map<bigint, Value>();

  constructor(
    find: StatementSync,
    decode: (columns: Record<string, SQLOutputValue>) => Value,
  ) {
    this.#find = find;
    this.#decode = decode;
  }

  get(row: bigint): Value {
    const known = this.#values.get(row);
    if (known !== undefined) return known;
    const columns = this.#find.get(row);
    const value = this.#decode(columns ?? {});
    if (this.#values.size >= maxShared) this.#values.clear();
    this.#values.set(row, value);
    return value;
  }
}
