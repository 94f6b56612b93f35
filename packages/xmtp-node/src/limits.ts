/** The limits of an XMTP node; every field has a default. */
export interface NodeLimits {
  /** Of one request. */
  readonly maxRequestBytes: number;
  /** Of one message of a group, one Welcome or one commit log entry. */
  readonly maxMessageBytes: number;
  readonly maxKeyPackageBytes: number;
  readonly maxIdentityUpdateBytes: number;
  /** Messages, keys, inboxes or identifiers in one request. */
  readonly maxEntriesPerRequest: number;
  /** Topics of one stream. */
  readonly maxFilters: number;
  /** Bytes in one page of an answer; libxmtp takes 25 MiB at the most. */
  readonly maxPageBytes: number;
  /** Entries that wait for a reader before it has to read them from the storage again. */
  readonly maxQueuedEntries: number;
  /** How long a reader may leave an answer standing before its stream is cut. */
  readonly slowReaderMs: number;
  readonly maxStreamsPerConnection: number;
  readonly maxConnections: number;
  /** Requests a minute from one address; a minute's worth may come at once. */
  readonly requestsPerMinute: number;
  /** Updates in an inbox's log. */
  readonly maxInboxUpdates: number;
  /** Running requests when the node is closed. */
  readonly closeGraceMs: number;
}

const mebibyte = 1024 * 1024;

/** The limits of a node where its operator sets none. */
export const defaultNodeLimits: NodeLimits = {
  // libxmtp sends no more.
  maxRequestBytes: 25 * mebibyte,
  maxMessageBytes: 4 * mebibyte,
  // One with post-quantum keys has about 4 KiB.
  maxKeyPackageBytes: 64 * 1024,
  maxIdentityUpdateBytes: 64 * 1024,
  // libxmtp asks for the newest message of 1,000 groups at once.
  maxEntriesPerRequest: 1_000,
  maxFilters: 20_000,
  maxPageBytes: 16 * mebibyte,
  maxQueuedEntries: 256,
  slowReaderMs: 30_000,
  maxStreamsPerConnection: 256,
  maxConnections: 10_000,
  requestsPerMinute: 60_000,
  // XMTP's.
  maxInboxUpdates: 256,
  closeGraceMs: 5_000,
};

/** The port of XMTP's local node. */
export const defaultPort = 5556;

/** Entries in a page of an answer: XMTP's. */
export const pageEntries = 100;
/** Entries in a batch of the commit log: XMTP's. */
export const maxCommitLogPublishes = 10;
export const maxCommitLogQueries = 20;
