import type { ArchiveSink, ArchiveSource, Rows } from "@history-sync/archive";
import type {
  GroupId,
  InstallationId,
  MessageId,
} from "@history-sync/primitives";
import type {
  ConsentSave,
  ConsentTypeSave,
  GroupMessageSave,
  GroupSave,
  HmacKeySave,
} from "@history-sync/proto/device-sync";

/**
 * The user's history on this installation: what apps show, what archives are made of and merged into.
 * Rows that it hands out are the caller's to read, not to change.
 */
export interface HistoryStore extends ArchiveSource, ArchiveSink {
  /** All but sync groups; the one with the newest message first, by its own time where it has none. */
  conversations(): Promise<readonly GroupSave[]>;
  conversation(id: GroupId): Promise<GroupSave | undefined>;
  /** The groups of a DM: either of its two users may have made one, and more than once. In the order of `conversations`. */
  dmGroups(dmId: string): Promise<readonly GroupSave[]>;
  /** A page of the messages of every kind in one conversation or in several together, newest first. */
  messages(
    conversations: GroupId | readonly GroupId[],
    page?: MessagePage,
  ): Promise<readonly GroupMessageSave[]>;
  /** Those of a conversation's messages that wait to be sent, oldest first. */
  unpublished(conversation: GroupId): Promise<readonly GroupMessageSave[]>;
  message(id: MessageId): Promise<GroupMessageSave | undefined>;
  consent(
    entityType: ConsentTypeSave,
    entity: string,
  ): Promise<ConsentSave | undefined>;
  /** All records, by kind and entity. */
  consentRecords(): Promise<readonly ConsentSave[]>;
  hmacKey(): Promise<HmacKeySave | undefined>;
  counts(): Promise<HistoryCounts>;
  /** What brought the conversation or the message; undefined for one that this installation made or received. */
  provenance(row: HistoryRow): Promise<Provenance | undefined>;
  /** Writes rows of this installation over what is there, in one transaction. */
  put(rows: Partial<Rows>): Promise<void>;
}

export type HistoryRow =
  | { readonly conversation: GroupId }
  | { readonly message: MessageId };

/** Where a restored row comes from. */
export interface Provenance {
  readonly importId: string;
  /** As the archive names itself: 16 bytes. */
  readonly archiveId?: Uint8Array;
  /** The installation that says it made the archive. */
  readonly installationId?: InstallationId;
}

export interface MessagePage {
  /** The last message of the page before; without it, the newest messages. */
  readonly before?: Pick<GroupMessageSave, "sentAtNs" | "id">;
  /** Default: 100. */
  readonly limit?: number;
}

// A few screens full.
export const defaultPageLimit = 100;

export interface HistoryCounts {
  /** Without sync groups. */
  readonly conversations: number;
  readonly messages: number;
  readonly consent: number;
}
