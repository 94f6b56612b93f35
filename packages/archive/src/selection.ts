/** Which conversations and messages an export takes. */
export interface Selection {
  /** Nanoseconds since the Unix epoch: messages that expired by then are left out. */
  readonly nowNs: bigint;
  /** Nanoseconds since the Unix epoch, exclusive. */
  readonly startNs?: bigint;
  /** Nanoseconds since the Unix epoch, inclusive. */
  readonly endNs?: bigint;
  /** Leaves out every message that has an expiry. */
  readonly excludeDisappearingMessages?: boolean;
}
