import type {
  GroupRecord,
  HeldRecord,
  InstallationRecord,
  KeyPackageRecord,
  OutboxRecord,
  ReceivedRecord,
} from "@history-sync/mls-group";
import type { DBSchema, IDBPDatabase, StoreNames } from "idb";
import type { Bytes } from "./keys.js";
import type {
  AudienceRecord,
  StateRecord,
  UnsentRecord,
} from "./sync-records.js";

export const schemaVersion = 1;

/** A row of the history: its protobuf message, with fields that this version doesn't know. */
export interface HistoryRecord {
  readonly row: Bytes;
  /** The number of the transaction that wrote it: a snapshot passes over what is later than itself. */
  readonly written: number;
}

export interface ConversationRecord extends HistoryRecord {
  readonly id: Bytes;
  /** The number of the import that brought it; none for rows of this installation. */
  readonly import?: number;
}

export interface MessageRecord extends HistoryRecord {
  /** `positionKey`. */
  readonly position: Bytes;
  readonly id: Bytes;
  readonly conversation: Bytes;
  /** The conversation once more, while the message waits to be sent: its index holds these alone. */
  readonly unpublished?: Bytes;
  readonly import?: number;
}

export interface ConsentRecord extends HistoryRecord {
  readonly entityType: number;
  readonly entity: string;
}

interface ImportRecord {
  /** Given by the database. */
  readonly number?: number;
  readonly name: string;
  readonly cursor: number;
  readonly state?: Bytes;
  readonly archiveId?: Bytes;
  readonly installationId?: Bytes;
}

/** What the object stores hold. */
export interface StoreSchema extends DBSchema {
  conversations: { key: Bytes; value: ConversationRecord };
  messages: {
    key: Bytes;
    value: MessageRecord;
    indexes: {
      id: Bytes;
      conversation: [Bytes, Bytes];
      unpublished: [Bytes, Bytes];
    };
  };
  consent: { key: [number, string]; value: ConsentRecord };
  hmac_key: { key: number; value: HistoryRecord };
  imports: { key: number; value: ImportRecord; indexes: { name: string } };
  /** How many transactions wrote history. */
  writes: { key: number; value: number };
  mls_installation: { key: number; value: InstallationRecord };
  mls_key_packages: { key: Bytes; value: KeyPackageRecord };
  mls_groups: { key: Bytes; value: GroupRecord };
  mls_outbox: {
    key: number;
    value: OutboxRecord;
    indexes: { id: [string, string]; group: string };
  };
  mls_received: { key: [Bytes, Bytes]; value: ReceivedRecord };
  mls_held: { key: [Bytes, Bytes]; value: HeldRecord };
  sync_requests: { key: string; value: StateRecord };
  sync_archives: { key: string; value: StateRecord };
  unsent_preferences: { key: string; value: UnsentRecord };
  hmac_key_audience: { key: number; value: AudienceRecord };
  sync_decisions: { key: string; value: true };
}

export type StoreName = StoreNames<StoreSchema>;

/** The key in stores of one record. */
export const onlyKey = 1;

/** Brings a database of an earlier version to this one, step by step. */
export function upgradeSchema(
  db: IDBPDatabase<StoreSchema>,
  oldVersion: number,
): void {
  if (oldVersion < 1) createFirstVersion(db);
}

function createFirstVersion(db: IDBPDatabase<StoreSchema>): void {
  db.createObjectStore("conversations", { keyPath: "id" });
  const messages = db.createObjectStore("messages", { keyPath: "position" });
  messages.createIndex("id", "id", { unique: true });
  messages.createIndex("conversation", ["conversation", "position"]);
  messages.createIndex("unpublished", ["unpublished", "position"]);
  db.createObjectStore("consent", { keyPath: ["entityType", "entity"] });
  db.createObjectStore("hmac_key");
  const imports = db.createObjectStore("imports", {
    keyPath: "number",
    autoIncrement: true,
  });
  imports.createIndex("name", "name", { unique: true });
  db.createObjectStore("writes");
  db.createObjectStore("mls_installation");
  db.createObjectStore("mls_key_packages");
  db.createObjectStore("mls_groups");
  const outbox = db.createObjectStore("mls_outbox", { autoIncrement: true });
  outbox.createIndex("id", ["groupId", "id"], { unique: true });
  outbox.createIndex("group", "groupId");
  db.createObjectStore("mls_received");
  db.createObjectStore("mls_held");
  db.createObjectStore("sync_requests", { keyPath: "id" });
  db.createObjectStore("sync_archives", { keyPath: "id" });
  db.createObjectStore("unsent_preferences", { keyPath: "id" });
  db.createObjectStore("hmac_key_audience");
  db.createObjectStore("sync_decisions");
}
