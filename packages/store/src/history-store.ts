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
 * The user's history on this installation: what apps show, and what archives are exported from and merged into. A
 * caller must not change the rows that it gets.
 */
export interface HistoryStore extends ArchiveSource, ArchiveSink {
  /**
   * Returns all conversations but sync groups, ordered by their newest message, newest first; by their creation where
   * there is none.
   */
  conversations(): Promise<readonly GroupSave[]>;
  /** Returns the conversation of that id, also a sync group. */
  conversation(id: GroupId): Promise<GroupSave | undefined>;
  /** Returns the groups of one DM, in the order of `conversations`. Each of its two users may have created several. */
  dmGroups(dmId: string): Promise<readonly GroupSave[]>;
  /** Returns a page of the messages of every kind in one conversation or in several together, newest first. */
  messages(
    conversations: GroupId | readonly GroupId[],
    page?: MessagePage,
  ): Promise<readonly GroupMessageSave[]>;
  /** Returns the messages of a conversation that aren't sent yet, oldest first. */
  unpublished(conversation: GroupId): Promise<readonly GroupMessageSave[]>;
  /** Returns the message of that id. */
  message(id: MessageId): Promise<GroupMessageSave | undefined>;
  /** Returns the consent record about an entity. */
  consent(
    entityType: ConsentTypeSave,
    entity: string,
  ): Promise<ConsentSave | undefined>;
  /** Returns all consent records, ordered by kind and entity. */
  consentRecords(): Promise<readonly ConsentSave[]>;
  /** Returns the HMAC root key of the inbox. */
  hmacKey(): Promise<HmacKeySave | undefined>;
  /** Counts the rows of the history. */
  counts(): Promise<HistoryCounts>;
  /**
   * Returns the origin of a conversation or a message, or undefined for one that this installation created or received.
   */
  provenance(row: HistoryRow): Promise<Provenance | undefined>;
  /** Writes rows of this installation in one transaction, and replaces rows that have the same keys. */
  put(rows: Partial<Rows>): Promise<void>;
}

/** A conversation or a message, by its id. */
export type HistoryRow =
  | { readonly conversation: GroupId }
  | { readonly message: MessageId };

/** The origin of a row that an import brought. */
export interface Provenance {
  readonly importId: string;
  /** The id that the archive gives itself: 16 bytes. */
  readonly archiveId?: Uint8Array;
  /** The installation that the archive claims to be from. */
  readonly installationId?: InstallationId;
}

/** A position in a conversation and a number of messages. */
export interface MessagePage {
  /** The last message of the page before. Default: the page of the newest messages. */
  readonly before?: Pick<GroupMessageSave, "sentAtNs" | "id">;
  /** The most messages to return. Default: 100. */
  readonly limit?: number;
}

// This fills a few screens.
export const defaultPageLimit = 100;

/** The number of rows in a history. */
export interface HistoryCounts {
  /** Sync groups aren't counted. */
  readonly conversations: number;
  readonly messages: number;
  readonly consent: number;
}
