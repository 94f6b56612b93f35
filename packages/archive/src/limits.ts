/** The most that one row of an archive may hold; a row beyond is skipped and counted. */
export interface RowLimits {
  readonly groupIdBytes: number;
  readonly messageIdBytes: number;
  readonly installationIdBytes: number;
  readonly referenceIdBytes: number;
  readonly hmacKeyBytes: number;
  readonly messageBytes: number;
  /** Characters of an id, a name of a type, or a key of a map. */
  readonly nameLength: number;
  /** Characters of a conversation's name, description and the like. */
  readonly textLength: number;
  /** Attributes of a conversation, and inbox ids in each of its admin lists. */
  readonly listLength: number;
  /** Exclusive. */
  readonly timeNs: bigint;
}

export const rowLimits: RowLimits = {
  groupIdBytes: 255, // as `groupId` of the primitives takes them; XMTP makes 16
  messageIdBytes: 32, // a SHA-256, exactly
  installationIdBytes: 32, // an Ed25519 public key, exactly
  referenceIdBytes: 255,
  hmacKeyBytes: 42, // exactly
  messageBytes: 4 * 1024 * 1024, // a node takes less than half of it
  nameLength: 255,
  textLength: 65_536,
  listLength: 4_096, // XMTP's groups have 250 members at most
  // 2100-01-01: the same on every clock, so that a row is good or bad for ever.
  timeNs: 4_102_444_800_000_000_000n,
};

/** What is refused before a frame is decoded. */
export interface FrameLimits {
  readonly maxFrameBytes: number;
}

// Room for the largest message with its fields, four times over.
export const defaultFrameLimits: FrameLimits = {
  maxFrameBytes: 16 * 1024 * 1024,
};
