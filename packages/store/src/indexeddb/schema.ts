import type {
  GroupRecord,
  HeldRecord,
  InstallationRecord,
  KeyPackageRecord,
  OutboxRecord,
  ReceivedRecord,
} from "@history-sync/mls-group";
import type { InstallationId } from "@history-sync/primitives";
import type { DBSchema, StoreNames } from "idb";
import type { Bytes } from "./keys.js";

/** A row of the history as its protobuf message, with fields that this version doesn't know. */
export interface HistoryRecord {
  readonly row: Bytes;
  /** The number of the transaction that wrote it. A snapshot skips records with a number above its own. */
  readonly written: number;
}

export interface ConversationRecord extends HistoryRecord {
  readonly id: Bytes;
  /** The DM's id; only for DMs. */
  readonly dmId?: string;
  /** The number of the import that brought it; absent for rows of this installation. */
  readonly import?: number;
}

export interface MessageRecord extends HistoryRecord {
  /** `positionKey`. */
  readonly position: Bytes;
  readonly id: Bytes;
  readonly conversation: Bytes;
  /** The conversation again, only while the message isn't sent, so that its index holds only such messages. */
  readonly unpublished?: Bytes;
  readonly import?: number;
}

export interface ConsentRecord extends HistoryRecord {
  readonly entityType: number;
  readonly entity: string;
}

interface ImportRecord {
  /** Assigned by the database. */
  readonly number?: number;
  readonly name: string;
  readonly cursor: number;
  readonly state?: Bytes;
  readonly archiveId?: Bytes;
  readonly installationId?: Bytes;
}

/** A request or an available archive, as `sync-worker` encodes it. */
export interface StateRecord {
  readonly id: string;
  readonly state: Bytes;
}

/** Preference changes that aren't sent yet, as a protobuf message. */
interface UnsentRecord {
  readonly id: string;
  readonly updates: Bytes;
}

/** The installations that the HMAC key was made for. */
type AudienceRecord = readonly InstallationId[];

/** The id of an archive, and the offset of the part in it. */
export type SpooledKey = [id: string, offset: number];

/** The records of the object stores. */
export interface StoreSchema extends DBSchema {
  conversations: {
    key: Bytes;
    value: ConversationRecord;
    indexes: { dm: string };
  };
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
  /** The number of transactions that wrote history. */
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
  /** Parts of sealed archives. */
  upload_spool: { key: SpooledKey; value: Bytes };
}

export type StoreName = StoreNames<StoreSchema>;

/** The key in stores with a single record. */
export const onlyKey = 1;
