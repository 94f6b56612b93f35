import { toHex } from "@history-sync/primitives";

/** The kinds of data that a node stores, each in topics of its own. */
export type TopicKind =
  | "group"
  | "welcomes"
  | "key-package"
  | "inbox"
  | "identifier"
  | "commit-log";

/** A kind and hex digits, joined by a dot, which is a valid key in any store. */
export type TopicName = `${TopicKind}.${string}`;

/** Returns the name of a topic. */
export function topicName(kind: TopicKind, key: Uint8Array): TopicName {
  return `${kind}.${toHex(key)}`;
}

/** Returns true for topics of which only the newest entry is kept. */
export function keepsNewestOnly(topic: TopicName): boolean {
  return topic.startsWith("key-package.");
}

/** An entry to append. */
export interface NewEntry {
  readonly topic: TopicName;
  readonly body: Uint8Array;
  /** Identifies the entry: a second one of the topic with the same digest is not stored. */
  readonly digest?: Uint8Array | undefined;
  /** The id that the last entry of the topic must have, 0 for an empty topic; otherwise `append` throws `conflict`. */
  readonly expectedLastId?: bigint | undefined;
}

/** A stored entry. */
export interface Entry {
  readonly topic: TopicName;
  /** Above 0 and below 2^63; grows strictly within the topic, with gaps. */
  readonly id: bigint;
  readonly createdAtNs: bigint;
  readonly body: Uint8Array;
}

/** The result of an append. */
export interface Appended {
  /** The id of the entry, or of the earlier one with the same digest. */
  readonly id: bigint;
  readonly duplicate: boolean;
}

/** The part of a topic to read. */
export interface ReadRange {
  readonly direction: "ascending" | "descending";
  /** The id before the first entry to read, in the direction of reading. 0 starts at the oldest, or at the newest. */
  readonly cursor: bigint;
  readonly maxEntries: number;
  /** The most bytes of bodies. The first entry is returned whatever its size. */
  readonly maxBytes: number;
}

/** The entries of one read. */
export interface ReadPage {
  readonly entries: readonly Entry[];
  /** True if one of the limits ended the page. There may or may not be more entries. */
  readonly full: boolean;
}

/**
 * Stores an XMTP node's data: logs of opaque entries.
 *
 * Acknowledged entries survive a crash and are returned by every read that starts afterwards. An entry that becomes
 * visible in a topic has a higher id than all entries that were visible in it before.
 */
export interface NodeStorage {
  /**
   * Appends an entry. Concurrent calls for one topic are stored in the order in which they were made.
   *
   * @throws {XmtpNodeError} `conflict`, `storage-full`, `storage-failed`, `closed`
   */
  append(entry: NewEntry): Promise<Appended>;
  /** Returns a page of a topic. */
  read(topic: TopicName, range: ReadRange): Promise<ReadPage>;
  /** Returns the newest entry of each topic, in the order of the topics. */
  newest(topics: readonly TopicName[]): Promise<readonly (Entry | undefined)[]>;
  /**
   * Calls the listener for every entry that any process stores from now on, in order within a topic, as soon as it can be
   * read. The listener must not throw. Returns a function that removes it.
   */
  follow(listener: (entry: Entry) => void): () => void;
  /** Waits for pending writes, then closes the storage. Idempotent. */
  close(): Promise<void>;
}
