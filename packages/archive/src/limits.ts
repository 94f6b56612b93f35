/** The limits of one row of an archive. A row that exceeds one is skipped and counted. */
export interface RowLimits {
  readonly groupIdBytes: number;
  readonly messageIdBytes: number;
  readonly installationIdBytes: number;
  readonly referenceIdBytes: number;
  readonly hmacKeyBytes: number;
  readonly messageBytes: number;
  /** The most characters of an id, a type name or a map key. */
  readonly nameLength: number;
  /** The most characters of a conversation's name, description and similar attributes. */
  readonly textLength: number;
  /** The most attributes of a conversation, and the most inbox ids in each of its admin lists. */
  readonly listLength: number;
  /** The end of the valid times, exclusive. */
  readonly timeNs: bigint;
}

/** The limits that imports and the validator apply. */
export const rowLimits: RowLimits = {
  groupIdBytes: 255, // as `groupId` of the primitives accepts them; XMTP uses 16
  messageIdBytes: 32, // a SHA-256, exactly
  installationIdBytes: 32, // an Ed25519 public key, exactly
  referenceIdBytes: 255,
  hmacKeyBytes: 42, // exactly
  messageBytes: 4 * 1024 * 1024, // an XMTP node accepts less than half of it
  nameLength: 255,
  textLength: 65_536,
  listLength: 4_096, // XMTP's groups have at most 250 members
  // 2100-01-01: the same on every clock, so that the validity of a row never changes.
  timeNs: 4_102_444_800_000_000_000n,
};

/** Limits checked before a frame is decoded. */
export interface FrameLimits {
  readonly maxFrameBytes: number;
}

/** The default limits: four times the largest message with its fields. */
export const defaultFrameLimits: FrameLimits = {
  maxFrameBytes: 16 * 1024 * 1024,
};
