import { toHex } from "@history-sync/primitives";

/** What the node keeps, each in topics of its own. */
export type TopicKind =
  | "group"
  | "welcomes"
  | "key-package"
  | "inbox"
  | "identifier"
  | "commit-log";

/** A kind and hex digits, joined by a dot: safe as a key of any store. */
export type TopicName = `${TopicKind}.${string}`;

export function topicName(kind: TopicKind, key: Uint8Array): TopicName {
  return `${kind}.${toHex(key)}`;
}

/** Topics of which only the newest entry is kept. */
export function keepsNewestOnly(topic: TopicName): boolean {
  return topic.startsWith("key-package.");
}

export interface NewEntry {
  readonly topic: TopicName;
  readonly body: Uint8Array;
  /** A second entry of the topic with this digest is not stored. */
  readonly digest?: Uint8Array | undefined;
  /** Only if the topic's last entry has this id, 0 for none; else `conflict`. */
  readonly expectedLastId?: bigint | undefined;
}

export interface Entry {
  readonly topic: TopicName;
  /** Above 0 and below 2^63; grows strictly within the topic, with gaps. */
  readonly id: bigint;
  readonly createdAtNs: bigint;
  readonly body: Uint8Array;
}

export interface Appended {
  /** Of the entry, or of the one that was there before it. */
  readonly id: bigint;
  readonly duplicate: boolean;
}

export interface ReadRange {
  readonly direction: "ascending" | "descending";
  /** Exclusive; 0: from the oldest, or from the newest. */
  readonly cursor: bigint;
  readonly maxEntries: number;
  /** Of bodies; the first entry comes whatever its size. */
  readonly maxBytes: number;
}

export interface ReadPage {
  readonly entries: readonly Entry[];
  /** Whether one of the limits ended the page; there may or may not be more. */
  readonly full: boolean;
}

/**
 * The node's memory: logs of opaque entries.
 *
 * What `append` has acknowledged survives a crash, and every read that starts afterwards sees it. An entry that becomes
 * visible in a topic has a higher id than all that were visible in it before.
 */
export interface NodeStorage {
  /** Concurrent calls for one topic are stored in the order in which they were made. */
  append(entry: NewEntry): Promise<Appended>;
  read(topic: TopicName, range: ReadRange): Promise<ReadPage>;
  /** The newest entry of each topic, in their order. */
  newest(topics: readonly TopicName[]): Promise<readonly (Entry | undefined)[]>;
  /**
   * Tells of every entry stored from now on, by whichever process, in order within a topic, as soon as it can be read.
   * The listener must not throw. Returns what ends it.
   */
  follow(listener: (entry: Entry) => void): () => void;
  /** Waits for what is being written. Idempotent. */
  close(): Promise<void>;
}
